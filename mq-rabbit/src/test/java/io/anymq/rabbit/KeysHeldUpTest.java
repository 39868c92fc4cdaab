package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Key-ordered consumers with a prefetch of one: what waits holds its key alone. */
@Timeout(120)
final class KeysHeldUpTest {

  /** Longer than the test may take. */
  private static final Duration LONG = Duration.ofMinutes(10);

  /** More than the core takes from the broker beyond the prefetch, for other keys to go on. */
  private static final int MANY = 400;

  private static final String IN_THE_WAY = "in the way";

  private static final Set<Kind> TOPICS =
      EnumSet.of(Kind.SHARED, Kind.DURABLE, Kind.DURABLE_SHARED);

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final Connection connection = ConnectionFactory.of(broker.url()).connect();
  private final Connection classic =
      ConnectionFactory.of(broker.url() + "?queue-type=classic").connect();
  private final Queue morgue = Queue.of("q.morgue." + UUID.randomUUID());

  /** What is consumed. */
  private enum Kind {
    QUORUM,
    CLASSIC,
    BOUNDED,
    SHARED,
    DURABLE,
    DURABLE_SHARED
  }

  @AfterEach
  void disconnect() {
    connection.close();
    classic.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void manyThatWaitHoldUpNoOtherKey(Kind kind) throws Exception {
    Destination destination = destination(kind);
    try (Consumer consumer = consumer(kind, destination);
        Producer producer = producer(kind, destination)) {
      sendMany(producer);
      for (int i = 0; i < MANY; i++) {
        next(consumer, String.valueOf(i)).release(LONG);
      }
      for (int i = MANY; i < MANY + 3; i++) {
        next(consumer, String.valueOf(i)).accept();
      }
    }
  }

  private static void sendMany(Producer producer) throws Exception {
    List<CompletableFuture<Message>> sends = new ArrayList<>();
    for (int i = 0; i < MANY + 3; i++) {
      sends.add(producer.sendAsync(keyed(i, String.valueOf(i))));
    }
    CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new))
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** It came to the application again, behind later ones of its key. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatWaitsForItsDeadLetterQueueKeepsItsPlaceInItsKey(Kind kind) {
    connection.declare(morgue, QueueOptions.builder().maxLength(1).build());
    connection.createProducer(morgue).send(IN_THE_WAY);
    Destination destination = destination(kind);
    try (Consumer consumer = consumer(kind, destination);
        Producer producer = producer(kind, destination)) {
      producer.send(keyed(0, "rejected"));
      producer.send(keyed(0, "behind it"));
      producer.send(keyed(1, "other"));
      next(consumer, "rejected").reject("it is poison");
      next(consumer, "other").accept();
      try (Consumer letters = connection.createConsumer(morgue, manual().build())) {
        next(letters, IN_THE_WAY).accept();
        next(letters, "rejected").accept();
      }
      next(consumer, "behind it").accept();
    }
  }

  private Connection connection(Kind kind) {
    return kind == Kind.CLASSIC ? classic : connection;
  }

  private Producer producer(Kind kind, Destination destination) {
    return connection(kind).createProducer(destination);
  }

  private Destination destination(Kind kind) {
    String name = "held-up." + UUID.randomUUID();
    Destination destination = TOPICS.contains(kind) ? Topic.of(name) : Queue.of(name);
    QueueOptions bounded = QueueOptions.builder().maxLength(2L * MANY).build();
    if (destination instanceof Queue queue) {
      connection(kind).declare(queue, kind == Kind.BOUNDED ? bounded : QueueOptions.DEFAULT);
    } else {
      connection(kind).declare((Topic) destination);
    }
    return destination;
  }

  private Consumer consumer(Kind kind, Destination destination) {
    ConsumerOptions options = manual().keyOrdered(true).deadLetterQueue(morgue).build();
    if (destination instanceof Queue queue) {
      return connection(kind).createConsumer(queue, options);
    }
    SubscriptionOptions.Builder terms = SubscriptionOptions.builder().consumer(options);
    if (kind != Kind.SHARED) {
      terms.durable("team");
    }
    if (kind != Kind.DURABLE) {
      terms.shared("team");
    }
    return connection(kind).subscribe((Topic) destination, terms.build());
  }

  private static Message keyed(int key, String text) {
    return Message.text(text).toBuilder().key("key-" + key).build();
  }

  private static ConsumerOptions.Builder manual() {
    return ConsumerOptions.builder().acknowledgement(AcknowledgementMode.MANUAL).prefetch(1);
  }

  private static Delivery next(Consumer consumer, String text) {
    Delivery delivery = consumer.receive(Links.PATIENCE).orElseThrow();
    assertThat(delivery.message().text()).isEqualTo(text);
    return delivery;
  }
}
