package io.anymq.rabbit;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Queue;
import java.time.Duration;
import java.util.Optional;

/** A program of its own process, which a test starts: it consumes, and dies of what it gets. */
public final class HandOutProgram {

  /** What kills it, and its exit status then. */
  static final int KILLED = 42;

  private HandOutProgram() {}

  /**
   * Runs it.
   *
   * @param arguments the broker's URL, the queue, and the limit of deliveries
   */
  public static void main(String[] arguments) {
    ConsumerOptions options =
        ConsumerOptions.builder().maxDeliveries(Integer.parseInt(arguments[2])).build();
    try (Connection connection = ConnectionFactory.of(arguments[0]).connect();
        Consumer consumer = connection.createConsumer(Queue.of(arguments[1]), options)) {
      Optional<Delivery> delivery = consumer.receive(Duration.ofSeconds(3));
      if (delivery.isPresent()) {
        Runtime.getRuntime().halt(KILLED);
      }
    }
  }
}
