package io.anymq.rabbit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged from now on, at WARN and above. */
final class LogLines implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final List<String> about;

  /**
   * Lines that name one of some things.
   *
   * @param about what they are; other tests' links may log, too
   */
  LogLines(String... about) {
    this.about = List.of(about);
    if (!NativeConnection.LOG.isWarnEnabled()) {
      throw new AssertionError("nothing is counted: the adapter does not log warnings");
    }
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  List<String> lines() {
    return written
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> about.stream().anyMatch(line::contains))
        .toList();
  }

  @Override
  public void close() {
    System.setErr(before);
    before.print(written.toString(StandardCharsets.UTF_8));
  }
}
