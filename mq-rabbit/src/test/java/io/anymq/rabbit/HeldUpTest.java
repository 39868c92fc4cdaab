package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With a prefetch of one, a message that waits holds up nobody, through the whole library: where
 * the broker itself does not keep what waits.
 */
@Timeout(120)
final class HeldUpTest {

  /** Longer than the test may take. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final String POISON = "poison";
  private static final String IN_THE_WAY = "in the way";

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final Connection connection = ConnectionFactory.of(broker.url()).connect();
  private final Queue morgue = Queue.of("q.morgue." + UUID.randomUUID());

  /** What is consumed. */
  private enum Kind {
    PLAIN,
    PLAIN_PATTERN,
    SHARED,
    BOUNDED,
    TEMPORARY
  }

  @AfterEach
  void disconnect() {
    connection.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void byItsRedeliveryDelay(Kind kind) {
    Destination destination = destination(kind);
    try (Consumer consumer = consumer(kind, destination)) {
      send(destination);
      next(consumer, POISON).release(LONG);
      next(consumer, "1").release(LONG);
      next(consumer, "2").accept();
      next(consumer, "3").accept();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void byAFullDeadLetterQueue(Kind kind) {
    connection.declare(morgue, QueueOptions.builder().maxLength(1).build());
    connection.createProducer(morgue).send(IN_THE_WAY);
    Destination destination = destination(kind);
    try (Consumer consumer = consumer(kind, destination)) {
      send(destination);
      next(consumer, POISON).reject("it is poison");
      next(consumer, "1").accept();
      next(consumer, "2").accept();
      next(consumer, "3").accept();
      try (Consumer letters = connection.createConsumer(morgue, manual().build())) {
        next(letters, IN_THE_WAY).accept();
        next(letters, POISON).accept();
      }
    }
  }

  private Destination destination(Kind kind) {
    String name = "held-up." + UUID.randomUUID();
    if (kind == Kind.TEMPORARY) {
      return connection.createTemporaryQueue();
    }
    if (kind == Kind.BOUNDED) {
      connection.declare(Queue.of(name), QueueOptions.builder().maxLength(100).build());
      return Queue.of(name);
    }
    connection.declare(Topic.of(name));
    return Topic.of(name);
  }

  private Consumer consumer(Kind kind, Destination destination) {
    ConsumerOptions options = manual().deadLetterQueue(morgue).build();
    if (destination instanceof Queue queue) {
      return connection.createConsumer(queue, options);
    }
    SubscriptionOptions.Builder terms = SubscriptionOptions.builder().consumer(options);
    if (kind == Kind.SHARED) {
      terms.shared("team");
    }
    return kind == Kind.PLAIN_PATTERN
        ? connection.subscribe(TopicPattern.of(destination.name()), terms.build())
        : connection.subscribe((Topic) destination, terms.build());
  }

  private static ConsumerOptions.Builder manual() {
    return ConsumerOptions.builder().acknowledgement(AcknowledgementMode.MANUAL).prefetch(1);
  }

  private void send(Destination destination) {
    try (var producer = connection.createProducer(destination)) {
      producer.send(POISON);
      producer.send("1");
      producer.send("2");
      producer.send("3");
    }
  }

  private static Delivery next(Consumer consumer, String text) {
    Delivery delivery = consumer.receive(Links.PATIENCE).orElseThrow();
    assertThat(delivery.message().text()).isEqualTo(text);
    return delivery;
  }
}
