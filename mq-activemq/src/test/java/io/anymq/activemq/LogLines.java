package io.anymq.activemq;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is logged from now on, at WARN and above. */
final class LogLines implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final String about;

  /**
   * Lines that name something.
   *
   * @param about what it is; other tests' links may log, too
   */
  LogLines(String about) {
    this.about = about;
    if (!LoggerFactory.getLogger(OpenWire.class).isWarnEnabled()) {
      throw new AssertionError("nothing is counted: the adapter does not log warnings");
    }
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  List<String> lines() {
    return written
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains(about))
        .toList();
  }

  @Override
  public void close() {
    System.setErr(before);
    before.print(written.toString(StandardCharsets.UTF_8));
  }
}
