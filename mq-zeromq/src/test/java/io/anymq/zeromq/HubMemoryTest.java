package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hub with a small heap, in a process of its own: it refuses, and does not run out of memory. */
class HubMemoryTest {

  private static final Queue QUEUE = Queue.of("large");
  private static final String LARGE = "x".repeat(900_000);

  @TempDir Path directory;

  /** Its heartbeat is slow, for a machine that is busy with other tests. */
  private HubProcess hub() throws Exception {
    return HubProcess.withHeap(directory.resolve("data"), "-Xmx128m", "--heartbeat=10s");
  }

  private static Connection connect(HubProcess hub) {
    return ConnectionFactory.builder()
        .url(hub.url())
        .option("recovery", "false")
        .option("send-timeout", "50s")
        .option("heartbeat", "10s")
        .build()
        .connect();
  }

  /** What became of the sends of one connection. */
  private record Tally(int confirmed, int full, List<Throwable> others) {}

  private static Tally sendMany(Connection connection, int count) {
    List<CompletableFuture<Message>> sends = new ArrayList<>();
    try (Producer producer = connection.createProducer(QUEUE)) {
      for (int i = 0; i < count; i++) {
        sends.add(producer.sendAsync(Message.text(LARGE)));
      }
      return tally(sends);
    }
  }

  private static Tally tally(List<CompletableFuture<Message>> sends) {
    int confirmed = 0;
    int full = 0;
    List<Throwable> others = new ArrayList<>();
    for (CompletableFuture<Message> send : sends) {
      try {
        Message unused = send.join();
        confirmed++;
      } catch (CompletionException e) {
        if (e.getCause() instanceof QueueFullException) {
          full++;
        } else {
          others.add(e.getCause());
        }
      }
    }
    return new Tally(confirmed, full, others);
  }

  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void manyConnectionsWithLargeMessagesAreRefusedInOrderAndServedOn() throws Exception {
    try (HubProcess hub = hub()) {
      List<Connection> connections = new ArrayList<>();
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        for (int i = 0; i < 12; i++) {
          connections.add(connect(hub));
        }
        connections.get(0).declare(QUEUE);
        List<CompletableFuture<Tally>> sending =
            connections.stream()
                .map(each -> CompletableFuture.supplyAsync(() -> sendMany(each, 12), threads))
                .toList();
        List<Tally> tallies = sending.stream().map(CompletableFuture::join).toList();
        int confirmed = tallies.stream().mapToInt(Tally::confirmed).sum();
        assertThat(tallies).allSatisfy(tally -> assertThat(tally.others()).isEmpty());
        assertThat(confirmed).as("confirmed").isBetween(20, 80);
        assertThat(connections.get(3).depth(QUEUE).atRest()).isEqualTo(confirmed);
        assertThat(drain(connections.get(5), confirmed)).isEqualTo(confirmed);
        connections.get(7).send(QUEUE, Message.text(LARGE));
      } finally {
        threads.shutdown();
        connections.forEach(Connection::close);
      }
    }
  }

  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void manySubscribersThatReadSlowlyDoNotFillTheHub() throws Exception {
    Topic topic = Topic.of("large");
    int subscribers = 8;
    int messages = 20; // eight copies of all of them would be more than the heap
    try (HubProcess hub = hub();
        Connection sender = connect(hub)) {
      sender.declare(topic);
      List<Connection> connections = new ArrayList<>();
      List<Consumer> consumers = new ArrayList<>();
      try {
        for (int i = 0; i < subscribers; i++) {
          Connection connection = connect(hub);
          connections.add(connection);
          consumers.add(connection.subscribe(topic));
        }
        for (int i = 0; i < messages; i++) {
          sender.send(topic, Message.text(LARGE));
        }
        for (int i = 0; i < messages; i++) {
          for (Consumer consumer : consumers) {
            Optional<Delivery> next = consumer.receive(Duration.ofSeconds(30));
            assertThat(next).as("message %d", i).isPresent();
            next.orElseThrow().accept();
          }
        }
      } finally {
        connections.forEach(Connection::close);
      }
      assertThat(hub.process().isAlive()).isTrue();
    }
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aFaultThatCannotBeSurvivedEndsTheProcess() throws Exception {
    // Told to keep more than there is memory for.
    try (HubProcess hub = HubProcess.withHeap(directory, "-Xmx48m", "--memory-limit=1g");
        Connection connection = connect(hub)) {
      connection.declare(QUEUE);
      Tally tally = sendMany(connection, 100);
      assertThat(tally.confirmed()).isLessThan(60);
      assertThat(hub.process().waitFor(60, TimeUnit.SECONDS)).as("the hub has ended").isTrue();
      assertThat(hub.process().exitValue()).isEqualTo(1);
      assertThat(hub.rest())
          .anySatisfy(
              line -> assertThat(line).startsWith("anymq hub: ").contains("OutOfMemoryError"));
    }
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aStoreThatDoesNotFitTheHeapIsToldInASentence() throws Exception {
    try (HubProcess hub = HubProcess.withHeap(directory, "-Xmx256m");
        Connection connection = connect(hub)) {
      connection.declare(QUEUE);
      assertThat(sendMany(connection, 80).confirmed()).isEqualTo(80);
      hub.kill();
    }
    Process small = HubProcess.start(directory, List.of("-Xmx48m"), List.of());
    try (var output = small.inputReader()) {
      List<String> said = output.lines().toList();
      assertThat(small.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(small.exitValue()).isEqualTo(2);
      assertThat(said).hasSize(1);
      assertThat(said.get(0))
          .startsWith("anymq hub: ")
          .contains(directory.toString(), "48 MiB", "larger");
    } finally {
      small.destroyForcibly();
    }
    try (HubProcess hub = HubProcess.withHeap(directory, "-Xmx256m");
        Connection connection = connect(hub)) {
      assertThat(connection.depth(QUEUE).atRest()).isEqualTo(80);
    }
  }

  @Test
  void aSignalEndsItPromptlyWithOneLine() throws Exception {
    try (HubProcess hub = hub();
        Connection connection = connect(hub)) {
      connection.declare(QUEUE);
      boolean unused = hub.process().toHandle().destroy(); // which does not close its output
      assertThat(hub.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(hub.process().exitValue()).isEqualTo(143);
      assertThat(hub.rest()).containsExactly("anymq hub stopped");
    }
  }

  private static int drain(Connection connection, int count) {
    int got = 0;
    try (Consumer consumer = connection.createConsumer(QUEUE)) {
      while (got < count) {
        Optional<Delivery> next = consumer.receive(Duration.ofSeconds(20));
        assertThat(next).as("message %d of %d", got, count).isPresent();
        next.orElseThrow().accept();
        got++;
      }
    }
    return got;
  }
}
