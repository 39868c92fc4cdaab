package io.anymq.rabbit;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import java.time.Duration;
import java.util.Optional;

/** A program of its own process, which a test starts: it consumes, and dies of what it gets. */
public final class HandOutProgram {

  /** What kills it, and its exit status then. */
  static final int KILLED = 42;

  /** The durable subscription of the programs that are given a topic. */
  static final String SUBSCRIPTION = "s";

  /** A broker takes its time to notice that the process before was killed. */
  private static final int PATIENCE_SECONDS = 20;

  private HandOutProgram() {}

  /**
   * Runs it.
   *
   * @param arguments the broker's URL, the queue or the topic, and the limit of deliveries
   */
  public static void main(String[] arguments) {
    ConsumerOptions options =
        ConsumerOptions.builder().maxDeliveries(Integer.parseInt(arguments[2])).build();
    Destination source = destination(arguments[1]);
    try (Connection connection = ConnectionFactory.of(arguments[0]).connect();
        Consumer consumer = consumer(connection, source, options)) {
      Queue deadLetters = deadLettersOf(source);
      for (int i = 0; i < PATIENCE_SECONDS && !holdsAny(connection, deadLetters); i++) {
        Optional<Delivery> delivery = consumer.receive(Duration.ofSeconds(1));
        if (delivery.isPresent()) {
          Runtime.getRuntime().halt(KILLED);
        }
      }
    }
  }

  private static Destination destination(String text) {
    String name = text.substring(text.indexOf(':') + 1);
    return text.startsWith("topic:") ? Topic.of(name) : Queue.of(name);
  }

  private static Consumer consumer(
      Connection connection, Destination source, ConsumerOptions options) {
    return source instanceof Topic topic
        ? connection.subscribe(
            topic, SubscriptionOptions.builder().durable(SUBSCRIPTION).consumer(options).build())
        : connection.createConsumer((Queue) source, options);
  }

  /** Where the messages that nobody survives are put. */
  static Queue deadLettersOf(Destination source) {
    return source instanceof Topic topic
        ? topic.deadLetterQueue()
        : ((Queue) source).deadLetterQueue();
  }

  private static boolean holdsAny(Connection connection, Queue queue) {
    return connection.exists(queue) && connection.depth(queue).atRest() > 0;
  }
}
