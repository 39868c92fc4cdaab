package io.anymq.tck.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.AcknowledgementMode;
import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.InvalidDestinationException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.Support;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A prioritized queue on a broker that knows no priorities. */
@Timeout(30)
class BandedQueueTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final QueueOptions PRIORITIZED = QueueOptions.builder().prioritized(true).build();

  private final String broker = "memory:" + UUID.randomUUID();
  private final Connection connection = connect();
  private final Queue queue = Queue.of("orders");

  private Connection connect() {
    return ConnectionFactory.of(broker + "?priority-by-bands=true").connect();
  }

  @AfterEach
  void close() {
    connection.close();
  }

  private void send(String text, int priority) {
    connection.send(queue, Message.text(text).toBuilder().priority(priority).build());
  }

  @Test
  void aBacklogComesByPriorityAndThenByAgeWhateverThePrefetch() {
    assertThat(connection.capabilities().support().get(Capability.PRIORITY))
        .isEqualTo(Support.EMULATED);
    for (int prefetch : List.of(1, 7, 500)) {
      connection.declare(queue, PRIORITIZED);
      Random random = new Random(prefetch);
      List<Integer> priorities =
          IntStream.range(0, 300).map(i -> random.nextInt(10)).boxed().toList();
      IntStream.range(0, 300).forEach(i -> send("" + i, priorities.get(i)));
      assertThat(connection.depth(queue).atRest()).isEqualTo(300);
      List<String> expected =
          IntStream.range(0, 300)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingInt(i -> -priorities.get(i)).thenComparing(i -> i))
              .map(i -> "" + i)
              .toList();
      assertThat(receive(300, prefetch)).as("prefetch %d", prefetch).isEqualTo(expected);
      connection.delete(queue);
    }
  }

  private List<String> receive(int count, int prefetch) {
    List<String> texts = new ArrayList<>();
    ConsumerOptions options = ConsumerOptions.builder().prefetch(prefetch).build();
    try (Consumer consumer = connection.createConsumer(queue, options)) {
      while (texts.size() < count) {
        Delivery delivery = consumer.receive(LIMIT).orElseThrow();
        texts.add(delivery.message().text());
        delivery.accept();
      }
    }
    return texts;
  }

  @Test
  void anUnsettledPrefetchHoldsBackTheRest() {
    connection.declare(queue, PRIORITIZED);
    IntStream.range(0, 10).forEach(i -> send("" + i, i));
    ConsumerOptions options =
        ConsumerOptions.builder().acknowledgement(AcknowledgementMode.MANUAL).prefetch(2).build();
    try (Consumer consumer = connection.createConsumer(queue, options)) {
      Delivery first = consumer.receive(LIMIT).orElseThrow();
      assertThat(consumer.receive(LIMIT)).isPresent();
      assertThat(first.destination()).isEqualTo(queue);
      assertThat(consumer.receive(Duration.ofMillis(50))).isEmpty();
      first.accept();
      assertThat(consumer.receive(LIMIT).orElseThrow().message().text()).isEqualTo("7");
    }
    assertThat(connection.depth(queue).atRest()).isEqualTo(9);
  }

  @Test
  void anotherConnectionKnowsThatItIsPrioritized() {
    connection.declare(queue, PRIORITIZED);
    try (Connection other = connect();
        Session session = other.createSession()) {
      for (int priority : List.of(3, 9, 4)) {
        session
            .createProducer(queue)
            .send(Message.text("" + priority).toBuilder().priority(priority).build());
      }
      session.commit();
    }
    assertThat(receive(3, 10)).containsExactly("9", "4", "3");
  }

  @Test
  void aSessionsCommitsMakeRoomForMore() {
    connection.declare(queue, PRIORITIZED);
    IntStream.range(0, 20).forEach(i -> send("" + i, i % 10));
    try (Session session = connection.createSession()) {
      Consumer consumer =
          session.createConsumer(queue, ConsumerOptions.builder().prefetch(1).build());
      for (int i = 0; i < 20; i++) {
        assertThat(consumer.receive(LIMIT)).as("message %d", i).isPresent();
        session.commit();
      }
    }
    assertThat(connection.depth(queue).atRest()).isZero();
  }

  @Test
  void aLostLinkLeavesNoThreadBehind() {
    connection.declare(queue, PRIORITIZED);
    MemoryBroker memory = MemoryBroker.named(broker.substring("memory:".length()));
    try (Connection cut = ConnectionFactory.of(broker + "/route?priority-by-bands=true").connect();
        Consumer consumer = cut.createConsumer(queue)) {
      for (int i = 0; i < 3; i++) {
        memory.cut("route");
        memory.restore("route");
        send("" + i, 9);
        receiveUntil(consumer, "" + i);
        assertThat(handsAtWork()).as("threads that hand out, after outage %d", i).isEqualTo(1);
      }
    }
    assertThat(handsAtWork()).isZero();
  }

  /** An outage may take the acceptance of the one before it along, and then that comes again. */
  private static void receiveUntil(Consumer consumer, String text) {
    Delivery delivery = consumer.receive(LIMIT).orElseThrow();
    while (!delivery.message().text().equals(text)) {
      assertThat(delivery.redelivered()).as("%s before %s", delivery, text).isTrue();
      delivery = consumer.receive(LIMIT).orElseThrow();
    }
  }

  private static long handsAtWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("anymq-bands-\\d+"))
        .count();
  }

  @Test
  void aDeletedOneCanBecomeAnOrdinaryOne() {
    connection.declare(queue, PRIORITIZED);
    send("gone", 7);
    connection.delete(queue);
    assertThat(connection.exists(queue)).isFalse();
    send("low", 0);
    send("high", 9);
    assertThat(receive(2, 10)).containsExactly("low", "high");
  }

  @Test
  void whatCannotBeIsRefused() {
    Queue longName = Queue.of("q".repeat(190));
    assertThatThrownBy(() -> connection.declare(longName, PRIORITIZED))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining("189 characters");
    connection.declare(queue, PRIORITIZED);
    ConsumerOptions keys = ConsumerOptions.builder().keyOrdered(true).build();
    assertThatThrownBy(() -> connection.createConsumer(queue, keys))
        .isInstanceOf(UnsupportedCapabilityException.class);
  }
}
