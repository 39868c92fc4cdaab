package io.anymq.core;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is logged from now on until it is closed; it is printed then. */
public final class LoggedLines implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  public LoggedLines() {
    if (!LoggerFactory.getLogger(CoreConsumer.class).isWarnEnabled()) {
      throw new AssertionError("nothing can be counted: warnings are not logged");
    }
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  /** The lines that have some words in them, and none that only continue others. */
  public List<String> with(String words) {
    return all().stream().filter(line -> line.contains(words)).toList();
  }

  public List<String> all() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void close() {
    System.setErr(before);
    before.print(written.toString(StandardCharsets.UTF_8));
  }
}
