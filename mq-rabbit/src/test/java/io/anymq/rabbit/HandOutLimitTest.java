package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limit of deliveries, through the whole library: for what was handed out, and that alone. */
@Timeout(120)
final class HandOutLimitTest {

  private static final int BACKLOG = 60;
  private static final int ROUNDS = 12;
  private static final int LIMIT = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");

  @Test
  void anIdleProcessThatComesAndGoesBuriesNothing() throws Exception {
    Queue queue = Queue.of("q." + UUID.randomUUID());
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      fill(connection, queue);
      for (int round = 0; round < ROUNDS; round++) {
        Consumer idle = connection.createConsumer(queue);
        awaitReady(connection, queue, 0);
        idle.close();
        awaitReady(connection, queue, BACKLOG);
      }
      takeAll(connection.createConsumer(queue));
    }
  }

  @Test
  void anIdleDurableSubscriberBuriesNothing() {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    SubscriptionOptions durable = SubscriptionOptions.durable("s");
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      connection.subscribe(topic, durable).close();
      connection.createProducer(topic).send("0");
      for (int round = 0; round < ROUNDS; round++) {
        try (Connection other = ConnectionFactory.of(broker.url()).connect()) {
          other.subscribe(topic, durable);
        }
      }
      Consumer subscriber = connection.subscribe(topic, durable);
      assertThat(subscriber.receive(PATIENCE)).as("what waited").isPresent();
    }
  }

  /** Each time in a process of its own, whose end nobody is told. */
  @ParameterizedTest
  @ValueSource(strings = {"quorum", "classic"})
  void whatKillsEveryProcessIsStopped(String type) throws Exception {
    String url = url(type);
    Queue queue = Queue.of("q." + type + "." + UUID.randomUUID());
    try (Connection connection = ConnectionFactory.of(url).connect()) {
      connection.createProducer(queue).send("killer");
      assertStopped(connection, url, queue);
    }
  }

  /** Such queues are classic ones whatever the type of the others is. */
  @ParameterizedTest
  @CsvSource({"true, 0", "false, 5", "true, 5"})
  void whatKillsEveryConsumerOfAQueueWithOptionsIsStopped(boolean prioritized, int maxLength)
      throws Exception {
    Queue queue = Queue.of("q.options." + UUID.randomUUID());
    QueueOptions.Builder options = QueueOptions.builder().prioritized(prioritized);
    if (maxLength > 0) {
      options.maxLength(maxLength);
    }
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      connection.declare(queue, options.build());
      connection.createProducer(queue).send("killer");
      assertStopped(connection, broker.url(), queue);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quorum", "classic"})
  void whatKillsEveryDurableSubscriberIsStopped(String type) throws Exception {
    String url = url(type);
    Topic topic = Topic.of("t." + type + "." + UUID.randomUUID());
    try (Connection connection = ConnectionFactory.of(url).connect()) {
      connection.subscribe(topic, SubscriptionOptions.durable(HandOutProgram.SUBSCRIPTION)).close();
      connection.createProducer(topic).send("killer");
      assertStopped(connection, url, topic);
    }
  }

  private String url(String type) {
    return broker.url() + "?queue-type=" + type;
  }

  private static void assertStopped(Connection connection, String url, Destination source)
      throws Exception {
    int killed = 0;
    while (consumes(url, source) == HandOutProgram.KILLED) {
      killed++;
      assertThat(killed).as("processes killed").isLessThanOrEqualTo(2 * LIMIT);
    }
    assertThat(killed).as("processes killed").isGreaterThanOrEqualTo(LIMIT);
    Delivery letter =
        connection
            .createConsumer(HandOutProgram.deadLettersOf(source))
            .receive(PATIENCE)
            .orElseThrow();
    assertThat(letter.message().text()).isEqualTo("killer");
  }

  private static int consumes(String url, Destination source) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HandOutProgram.class.getName(),
                url,
                source.toString(),
                String.valueOf(LIMIT))
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the program's end").isTrue();
      assertThat(process.exitValue()).as("the program's status").isIn(0, HandOutProgram.KILLED);
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void fill(Connection connection, Queue queue) {
    for (int i = 0; i < BACKLOG; i++) {
      connection.createProducer(queue).send(String.valueOf(i));
    }
  }

  private static void takeAll(Consumer consumer) {
    for (int i = 0; i < BACKLOG; i++) {
      Delivery delivery = consumer.receive(PATIENCE).orElseThrow();
      assertThat(delivery.redelivered()).isTrue();
      delivery.accept();
    }
  }

  private static void awaitReady(Connection connection, Queue queue, long expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long seen = connection.depth(queue).ready().orElseThrow();
    while (seen != expected && System.nanoTime() < deadline) {
      seen = connection.depth(queue).ready().orElseThrow();
    }
    assertThat(seen).as("ready messages of %s", queue).isEqualTo(expected);
  }
}
