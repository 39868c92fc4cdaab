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

  /** A broker takes its time to notice that the process before was killed. */
  private static final int PATIENCE_SECONDS = 20;

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
      Queue deadLetters = Queue.of(arguments[1]).deadLetterQueue();
      for (int i = 0; i < PATIENCE_SECONDS && !holdsAny(connection, deadLetters); i++) {
        Optional<Delivery> delivery = consumer.receive(Duration.ofSeconds(1));
        if (delivery.isPresent()) {
          Runtime.getRuntime().halt(KILLED);
        }
      }
    }
  }

  private static boolean holdsAny(Connection connection, Queue queue) {
    return connection.exists(queue) && connection.depth(queue).atRest() > 0;
  }
}
