package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody was handed is no dead letter; what kills whoever gets it becomes one. */
class HandOutLimitTest {

  private static final Queue QUEUE = Queue.of("backlog");
  private static final Topic TOPIC = Topic.of("events");
  private static final int MESSAGES = 60;
  private static final int TIMES = 12;
  private static final Duration LONG = Duration.ofSeconds(10);

  /** Few, because each process that is killed takes its time to start. */
  private static final ConsumerOptions THREE = ConsumerOptions.builder().maxDeliveries(3).build();

  private ZeroMqHub hub;
  private Connection connection;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
    connection = ConnectionFactory.of(hub.url()).connect();
    connection.declare(QUEUE);
  }

  @AfterEach
  void close() {
    connection.close();
    hub.close();
  }

  /** A process that consumes, and is killed or kills itself. */
  public static final class Client {
    private Client() {}

    /**
     * Consumes.
     *
     * @param arguments the URL, and what it does
     */
    public static void main(String[] arguments) throws InterruptedException {
      Connection connection = ConnectionFactory.of(arguments[0]).connect();
      switch (Does.valueOf(arguments[1])) {
        case HALT_IN_HANDLER -> {
          Consumer unused = connection.createConsumer(QUEUE, THREE, delivery -> halt());
          Thread.sleep(LONG.toMillis());
          halt();
        }
        case HALT_AFTER_RECEIVE -> {
          Optional<Delivery> unused = connection.createConsumer(QUEUE, THREE).receive(LONG);
          halt();
        }
        case IDLE -> {
          Consumer unused = connection.createConsumer(QUEUE, THREE);
          System.out.println("open");
          System.out.flush();
          Thread.sleep(60_000);
        }
      }
    }

    private static void halt() {
      Runtime.getRuntime().halt(9);
    }
  }

  /** What a process does with what it consumes. */
  enum Does {
    IDLE,
    HALT_AFTER_RECEIVE,
    HALT_IN_HANDLER
  }

  private Process start(Does what) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Client.class.getName(),
            hub.url(),
            what.name())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void sendAll() {
    for (int i = 0; i < MESSAGES; i++) {
      connection.send(QUEUE, Message.text("m" + i));
    }
  }

  private void awaitHeld() throws InterruptedException {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (connection.depth(QUEUE).inFlight().orElseThrow() < MESSAGES) {
      assertThat(deadline - System.nanoTime()).as("time left for the prefetch").isPositive();
      Thread.sleep(5);
    }
  }

  private void expectAllOnce(Function<Connection, Consumer> opening) {
    try (Consumer consumer = opening.apply(connection)) {
      for (int i = 0; i < MESSAGES; i++) {
        Delivery delivery = consumer.receive(LONG).orElseThrow();
        assertThat(delivery.message().text()).isEqualTo("m" + i);
        assertThat(delivery.deliveryCount()).isBetween(1, 2);
        delivery.accept();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void idleConsumersOfAQueueBuryNothing(boolean closeConnection) throws Exception {
    sendAll();
    for (int i = 0; i < TIMES; i++) {
      Connection idle = ConnectionFactory.of(hub.url()).connect();
      Consumer consumer = idle.createConsumer(QUEUE);
      awaitHeld();
      if (!closeConnection) {
        consumer.close();
      }
      idle.close();
    }
    expectAllOnce(each -> each.createConsumer(QUEUE));
  }

  @Test
  void idleSessionsBuryNothing() throws Exception {
    sendAll();
    for (int i = 0; i < TIMES; i++) {
      try (Session session = connection.createSession();
          Consumer consumer = session.createConsumer(QUEUE)) {
        awaitHeld();
        assertThat(consumer).isNotNull();
      }
    }
    expectAllOnce(each -> each.createConsumer(QUEUE));
  }

  @Test
  void idleSubscribersBuryNothing() throws Exception {
    connection.declare(TOPIC);
    SubscriptionOptions durable = SubscriptionOptions.builder().durable("s").build();
    connection.subscribe(TOPIC, durable).close();
    for (int i = 0; i < MESSAGES; i++) {
      connection.send(TOPIC, Message.text("m" + i));
    }
    for (int i = 0; i < TIMES; i++) {
      try (Connection idle = ConnectionFactory.of(hub.url()).connect()) {
        Consumer consumer = idle.subscribe(TOPIC, durable);
        assertThat(consumer).isNotNull();
        Thread.sleep(20);
      }
    }
    expectAllOnce(each -> each.subscribe(TOPIC, durable));
  }

  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS)
  void idleProcessesThatAreKilledBuryNothing() throws Exception {
    sendAll();
    for (int i = 0; i < 5; i++) {
      Process idle = start(Does.IDLE);
      try (BufferedReader said = idle.inputReader(StandardCharsets.UTF_8)) {
        assertThat(said.readLine()).isEqualTo("open");
        awaitHeld();
      } finally {
        idle.destroyForcibly();
      }
      assertThat(idle.waitFor(10, TimeUnit.SECONDS)).isTrue();
      awaitReleased();
    }
    expectAllOnce(each -> each.createConsumer(QUEUE, THREE));
  }

  private void awaitReleased() throws InterruptedException {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (connection.depth(QUEUE).inFlight().orElseThrow() > 0) {
      assertThat(deadline - System.nanoTime()).as("time left for the hub to notice").isPositive();
      Thread.sleep(5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HALT_AFTER_RECEIVE", "HALT_IN_HANDLER"})
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void whatKillsItsReceiversIsADeadLetterAtLast(Does how) throws Exception {
    connection.send(QUEUE, Message.text("killer"));
    int killed = 0;
    int most = THREE.maxDeliveries() + 2;
    while (killed <= most && connection.depth(QUEUE).atRest() > 0) {
      Process victim = start(how);
      try {
        assertThat(victim.waitFor(60, TimeUnit.SECONDS)).as("it was killed").isTrue();
        killed++;
      } finally {
        victim.destroyForcibly();
      }
      awaitReleased();
    }
    try (Consumer letters = connection.createConsumer(QUEUE.deadLetterQueue())) {
      Message letter = letters.receive(LONG).orElseThrow().message();
      assertThat(letter.text()).isEqualTo("killer");
      assertThat(DeadLetter.of(letter).orElseThrow().reason())
          .isEqualTo(DeadLetter.Reason.DELIVERY_LIMIT);
    }
    // Of the first nobody knows, and the last of them only buried it.
    assertThat(killed).isBetween(THREE.maxDeliveries() + 1, most);
  }
}
