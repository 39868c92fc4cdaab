package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends the rows, as they are, to the queue of orders. */
final class Desk {

  private final Connection connection;
  private final Queue orders;
  private final Clock clock;
  private final AtomicInteger confirmed = new AtomicInteger();

  Desk(Connection connection, Queue orders, Clock clock) {
    this.connection = connection;
    this.orders = orders;
    this.clock = clock;
  }

  /**
   * Sends all rows, many of them under way at once, and waits until the broker has confirmed each.
   */
  void send(List<byte[]> rows, Duration readingTime) throws InterruptedException {
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    try (Producer producer = connection.createProducer(orders, patient(clock))) {
      for (int row = 1; row <= rows.size(); row++) {
        Clock.pass(readingTime);
        sent.add(
            producer
                .sendAsync(Order.message(row, rows.get(row - 1)))
                .whenComplete((message, failure) -> count(failure)));
      }
      producer.flush(clock.left());
    }
    join(sent);
  }

  /** How many rows the broker has taken responsibility for. */
  int confirmed() {
    return confirmed.get();
  }

  /** Waits for a broker that is down, as long as the demo may take. */
  static ProducerOptions patient(Clock clock) {
    return ProducerOptions.builder().sendTimeout(clock.left()).build();
  }

  private void count(Throwable failure) {
    if (failure == null) {
      confirmed.incrementAndGet();
    }
  }

  private static void join(List<CompletableFuture<Message>> sent) {
    try {
      sent.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
