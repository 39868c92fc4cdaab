package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConsumerOptions;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a program's log says when its handler fails on everything. */
class FailureLogTest {

  private static final int MANY = 1_000;
  private static final Queue QUEUE = Queue.of("q");

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection connection = backend.connect();
  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    connection.close();
  }

  @Test
  void aThousandFailuresAreAFewLinesWithoutATraceAndOneOnTheDeadLetters() {
    try (LoggedLines log = new LoggedLines()) {
      var consumer =
          connection.createConsumer(
              QUEUE,
              ConsumerOptions.builder()
                  .maxDeliveries(1)
                  .redeliveryDelay(RedeliveryDelay.NONE)
                  .build(),
              delivery -> {
                throw new IllegalStateException("no such customer");
              });
      IntStream.range(0, MANY).forEach(i -> link.consumer().deliver("m" + i));
      Eventually.until("all are dead letters", () -> accepted() == MANY);
      consumer.close();
      assertThat(log.with("The listener failed on"))
          .as("one line in five seconds")
          .hasSizeBetween(1, 5)
          .allMatch(line -> line.contains("no such customer"));
      assertThat(log.with("Dead-lettered"))
          .hasSizeBetween(1, 5)
          .allMatch(line -> line.contains("queue 'q.dlq'"));
      assertThat(log.with("more like this")).as("the others are counted").isNotEmpty();
      assertThat(log.all()).as("traces").noneMatch(line -> line.startsWith("\tat "));
    }
  }

  /** What was accepted at the same time is one line. */
  private long accepted() {
    return link.consumer().settled.stream()
        .flatMap(line -> Arrays.stream(line.split(" ")).skip(1))
        .count();
  }
}
