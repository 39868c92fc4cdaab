package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sends to a topic that somebody else has just deleted, through the whole library. */
@Timeout(60)
final class DeletedTargetTest {

  private static final int ROUNDS = 12;
  private static final int WINDOW = 20;
  private static final String END = "end";

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");

  @Test
  void theFirstSendAfterTheDeletionIsPublishedOnce() {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Connection other = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      Producer producer = connection.createProducer(topic);
      for (int round = 0; round < ROUNDS; round++) {
        producer.send("before " + round);
        other.delete(topic);
        producer.send("after " + round);
      }
      producer.send(END);
      assertThat(textsUntilTheEnd(subscriber)).as("what was published").isEqualTo(expected());
    }
  }

  /** Those behind the first are in the window already when the broker refuses that one. */
  @Test
  void allThatAreUnderWayAfterTheDeletionArePublishedOnce() throws Exception {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Connection other = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      Producer producer = connection.createProducer(topic);
      List<String> expected = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        producer.send("before " + round);
        expected.add("before " + round);
        other.delete(topic);
        List<CompletableFuture<?>> window = new ArrayList<>();
        for (int i = 0; i < WINDOW; i++) {
          String text = "after %d, %d".formatted(round, i);
          window.add(producer.sendAsync(Message.text(text)).toCompletableFuture());
          expected.add(text);
        }
        await(window);
      }
      producer.send(END);
      assertThat(textsUntilTheEnd(subscriber)).as("what was published").isEqualTo(expected);
    }
  }

  /** What was sent before the deletion may not be confirmed yet: its copy says so. */
  @Test
  void aCopyOfWhatWasUnderWayAtTheDeletionIsMarked() throws Exception {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Connection other = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      Producer producer = connection.createProducer(topic);
      for (int round = 0; round < ROUNDS; round++) {
        List<CompletableFuture<?>> window = new ArrayList<>();
        for (int i = 0; i < WINDOW; i++) {
          String text = "m %d, %d".formatted(round, i);
          window.add(producer.sendAsync(Message.text(text)).toCompletableFuture());
          if (i == WINDOW / 2) {
            other.delete(topic);
          }
        }
        await(window);
        producer.send(END);
        assertOnceOrMarked(subscriber);
      }
    }
  }

  private static void assertOnceOrMarked(Consumer subscriber) {
    Set<String> seen = new HashSet<>();
    Delivery delivery = next(subscriber);
    while (!text(delivery).equals(END)) {
      assertThat(seen.add(text(delivery)) || delivery.redelivered())
          .as("'%s' comes once, or is marked", text(delivery))
          .isTrue();
      delivery = next(subscriber);
    }
    assertThat(seen).as("what came").hasSize(WINDOW);
  }

  @Test
  void theFirstDelayedSendAfterTheDeletionIsPublishedOnce() {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Connection other = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      Producer producer = connection.createProducer(topic);
      for (int round = 0; round < ROUNDS; round++) {
        other.delete(topic);
        producer.send(
            Message.text("after " + round).toBuilder()
                .deliveryDelay(Duration.ofMillis(20))
                .build());
        assertThat(text(next(subscriber))).isEqualTo("after " + round);
      }
      producer.send(END);
      assertThat(text(next(subscriber))).as("what comes behind one of each").isEqualTo(END);
    }
  }

  /** Its exchange is deleted between the two steps in which it is made. */
  @Test
  void aTopicThatIsDeletedWhileItIsMadeIsMadeAnew() {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    RabbitLink other = Links.open(broker.url());
    AtomicInteger deletions = new AtomicInteger();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (method.equals("exchangeBind") && deletions.incrementAndGet() <= 2) {
                other.delete(topic);
              }
              return call.make();
            });
    topology(altered).declare(topic, QueueOptions.DEFAULT);
    assertThat(other.exists(topic)).isTrue();
    altered.close(Links.PATIENCE);
    other.close(Links.PATIENCE);
  }

  /**
   * Somebody else has made its exchange, and not bound it yet: the broker confirms what it drops.
   */
  @Test
  void aTopicThatSomebodyIsMakingIsHeardFromTheFirstMessageOn() throws Exception {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      connection.delete(topic);
      CountDownLatch made = new CountDownLatch(1);
      CountDownLatch sent = new CountDownLatch(1);
      NativeConnection slow =
          AlteredConnection.open(
              broker.url(),
              (method, call) -> {
                if (method.equals("exchangeBind")) {
                  awaitExistence(connection, topic);
                  made.countDown();
                  assertThat(sent.await(20, TimeUnit.SECONDS)).as("the send ended").isTrue();
                }
                return call.make();
              });
      CompletableFuture<Boolean> making =
          CompletableFuture.supplyAsync(() -> topology(slow).declare(topic, QueueOptions.DEFAULT));
      assertThat(made.await(20, TimeUnit.SECONDS)).as("the exchange is there").isTrue();
      connection.createProducer(topic).send("first");
      sent.countDown();
      assertThat(making.get(20, TimeUnit.SECONDS)).as("somebody made the topic").isTrue();
      assertThat(text(next(subscriber))).as("what was confirmed").isEqualTo("first");
      slow.close(Links.PATIENCE);
    }
  }

  private static void awaitExistence(Connection connection, Topic topic) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!connection.exists(topic)) {
      assertThat(System.nanoTime() - deadline).as("the exchange is there in time").isNegative();
    }
  }

  private static RabbitTopology topology(NativeConnection connection) {
    return new RabbitTopology(
        connection,
        new RabbitNames(NativeNames.none()),
        RabbitOptions.QueueType.QUORUM,
        "/",
        new QueueCheck(Optional.empty(), new DeliveryLimits("3.10.8")));
  }

  private static void await(List<CompletableFuture<?>> window) throws Exception {
    for (CompletableFuture<?> each : window) {
      each.get(20, TimeUnit.SECONDS);
    }
  }

  private static List<String> expected() {
    List<String> texts = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      texts.add("before " + round);
      texts.add("after " + round);
    }
    return texts;
  }

  private static List<String> textsUntilTheEnd(Consumer subscriber) {
    List<String> texts = new ArrayList<>();
    while (true) {
      String text = text(next(subscriber));
      if (text.equals(END)) {
        return texts;
      }
      texts.add(text);
    }
  }

  private static Delivery next(Consumer subscriber) {
    Delivery delivery = subscriber.receive(Duration.ofSeconds(20)).orElseThrow();
    delivery.accept();
    return delivery;
  }

  private static String text(Delivery delivery) {
    return delivery.message().text();
  }
}
