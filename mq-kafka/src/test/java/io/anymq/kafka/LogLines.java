package io.anymq.kafka;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is logged from now on, at WARN and above, by this library and by Kafka's client. */
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
    for (String logger : List.of("io.anymq.kafka.KafkaLink", "org.apache.kafka.clients.Any")) {
      if (!LoggerFactory.getLogger(logger).isWarnEnabled()) {
        throw new AssertionError("nothing is counted: " + logger + " does not log warnings");
      }
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
