package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.SendInDoubtException;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prioritized and bounded queues on a real broker: what the kit's rules do not look at. */
@Timeout(60)
final class QueueKindTest {

  private static final int FULL = 3;

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link = Links.open(broker.url());
  private final RabbitLink other = Links.open(broker.url());

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  private Queue declared(QueueOptions options) {
    Queue queue = Queue.of("kind." + UUID.randomUUID());
    link.declare(queue, options);
    return queue;
  }

  private Queue prioritized() {
    return declared(QueueOptions.builder().prioritized(true).build());
  }

  private Queue bounded() {
    return declared(QueueOptions.builder().maxLength(FULL).build());
  }

  /** A queue that somebody else has made. */
  private Queue foreign(Map<String, Object> arguments) throws Exception {
    return foreign(Queue.of("kind." + UUID.randomUUID()), arguments);
  }

  private Channel channel() throws Exception {
    return link.unwrap(Connection.class).orElseThrow().createChannel();
  }

  private static Message of(int priority) {
    return Links.text(String.valueOf(priority)).toBuilder().priority(priority).build();
  }

  private void send(Queue queue, int... priorities) throws Exception {
    List<Message> messages = new ArrayList<>();
    for (int priority : priorities) {
      messages.add(of(priority));
    }
    Links.send(other, queue, messages);
  }

  private List<Integer> priorities(Queue queue, int count) throws Exception {
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    List<Integer> priorities = new ArrayList<>();
    while (priorities.size() < count) {
      InboundDelivery next = received.next();
      priorities.add(next.message().priority());
      received.accept(next);
    }
    received.consumer().close();
    return priorities;
  }

  private Throwable failure(Queue queue, Message message) throws Exception {
    LinkProducer producer = other.openProducer(queue, cause -> {});
    Throwable failure = Links.send(producer, message).failure();
    producer.close();
    return failure;
  }

  private BasicProperties nativeProperties(Queue queue) throws Exception {
    try (Channel channel = channel()) {
      GetResponse response = channel.basicGet(queue.name(), true);
      return response.getProps();
    }
  }

  @Test
  void theDefaultPriorityRanksBetweenThreeAndFive() throws Exception {
    Queue queue = prioritized();
    send(queue, 3, Message.DEFAULT_PRIORITY, 5);
    assertThat(priorities(queue, 3)).containsExactly(5, 4, 3);
  }

  @Test
  void anOrdinaryQueuesMessageHasNoNativePriority() throws Exception {
    Queue queue = Links.newQueue(link);
    send(queue, 9);
    BasicProperties properties = nativeProperties(queue);
    assertThat(properties.getPriority()).isNull();
    assertThat(properties.getHeaders()).containsEntry("x-anymq-priority", 9);
  }

  @Test
  void whatHasTheDefaultPriorityNeedsNoHeaderForIt() throws Exception {
    Queue queue = Links.newQueue(link);
    send(queue, Message.DEFAULT_PRIORITY);
    BasicProperties properties = nativeProperties(queue);
    assertThat(properties.getPriority()).isNull();
    assertThat(properties.getHeaders()).doesNotContainKey("x-anymq-priority");
  }

  @Test
  void aForeignPriorityIsReadFromTheNativeField() throws Exception {
    Queue queue = Links.newQueue(link);
    try (Channel channel = channel()) {
      channel.basicPublish(
          "", queue.name(), new BasicProperties.Builder().priority(7).build(), new byte[0]);
    }
    assertThat(priorities(queue, 1)).containsExactly(7);
  }

  @Test
  void aPrioritizedQueueThatSomebodyElseMadeIsOne() throws Exception {
    Queue queue = foreign(Map.of("x-max-priority", 5, "x-dead-letter-exchange", "nowhere"));
    send(queue, 1, 4, 2);
    assertThat(priorities(queue, 3)).containsExactly(4, 2, 1);
  }

  @Test
  void aDelayedMessageHasItsPriorityWhenItIsDue() throws Exception {
    Queue queue = prioritized();
    List<Message> messages = new ArrayList<>();
    for (int priority : List.of(2, 4, 6)) {
      messages.add(of(priority).toBuilder().deliveryDelay(Duration.ofMillis(300)).build());
    }
    Links.send(other, queue, messages);
    while (link.depth(queue).atRest() < messages.size()) {
      Thread.onSpinWait();
    }
    assertThat(priorities(queue, 3)).containsExactly(6, 4, 2);
  }

  @Test
  void aPrioritizedQueueWithAMaximumLengthHasBoth() throws Exception {
    Queue queue = declared(QueueOptions.builder().prioritized(true).maxLength(FULL).build());
    send(queue, 1, 9, 5);
    assertThat(failure(queue, of(9))).isInstanceOf(QueueFullException.class);
    assertThat(priorities(queue, 3)).containsExactly(9, 5, 1);
  }

  @Test
  void whatComesBackToAFullQueueIsKept() throws Exception {
    Queue queue = bounded();
    send(queue, 1, 2, 3);
    Links.Received holder = Links.consume(link, Links.queue(queue), FULL);
    assertThat(holder.next(FULL)).hasSize(FULL);
    send(queue, 4, 5, 6);
    holder.consumer().close();
    assertThat(failure(queue, of(7))).isInstanceOf(QueueFullException.class);
    assertThat(priorities(queue, 6)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aRefusalThatMayHaveAnotherReasonIsInDoubt() throws Exception {
    Queue queue =
        foreign(
            Map.of("x-queue-type", "quorum", "x-max-length", 1, "x-overflow", "reject-publish"));
    LinkProducer producer = other.openProducer(queue, cause -> {});
    Throwable refusal = null;
    while (refusal == null) { // a quorum queue takes some more than its limit
      Links.Sent sent = Links.send(producer, of(1));
      refusal = sent.outcome.handle((unused, failure) -> failure).get();
    }
    assertThat(refusal).isInstanceOf(SendInDoubtException.class);
  }

  @Test
  void aDelayedSendToABoundedQueueIsRefused() throws Exception {
    Message later = of(1).toBuilder().deliveryDelay(Duration.ofMillis(1)).build();
    assertThat(failure(bounded(), later))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("maximum length");
  }

  @Test
  void aQueueThatWasMadeAnewAsAnotherKindIsKnownAsThat() throws Exception {
    Queue queue = Links.newQueue(link);
    LinkProducer producer = other.openProducer(queue, cause -> {});
    Links.send(producer, of(1)).await();
    link.delete(queue);
    Links.Sent lost = Links.send(producer, of(2));
    assertThat(lost.failure()).hasMessageContaining("does not exist");
    link.declare(queue, QueueOptions.builder().prioritized(true).build());
    for (int priority : List.of(3, 8)) {
      Links.send(producer, of(priority)).await();
    }
    assertThat(priorities(queue, 2)).containsExactly(8, 3);
  }

  @Test
  void aQueueThatExistsStaysAsItIs() throws Exception {
    Queue queue = prioritized();
    assertThatThrownBy(() -> link.declare(queue, QueueOptions.builder().maxLength(1).build()))
        .isInstanceOf(InvalidOptionException.class);
    link.declare(queue, QueueOptions.DEFAULT);
    send(queue, 1, 2);
    assertThat(priorities(queue, 2)).containsExactly(2, 1);
  }

  private static final QueueOptions BOTH =
      QueueOptions.builder().prioritized(true).maxLength(1_000_000_000_000_000_000L).build();

  private static Queue named(int length) {
    String name = "kind." + UUID.randomUUID();
    return Queue.of(name + "n".repeat(length - name.length()));
  }

  private Queue foreign(Queue queue, Map<String, Object> arguments) throws Exception {
    try (Channel channel = channel()) {
      channel.queueDeclare(queue.name(), true, false, false, arguments);
    }
    return queue;
  }

  /** The virtual host is {@code /}; without its sentence cut, the broker could tell of any. */
  @Test
  void theLongestNameIsTold() throws Exception {
    Queue queue = named(QueueKinds.LONGEST_NAMES - 1);
    link.declare(queue, BOTH);
    send(queue, 1, 9, 5);
    assertThat(priorities(queue, 3)).containsExactly(9, 5, 1);
  }

  @Test
  void aLongerNameIsRefusedForAllButOrdinaryQueues() throws Exception {
    QueueOptions prioritized = QueueOptions.builder().prioritized(true).build();
    for (Queue queue : List.of(named(QueueKinds.LONGEST_NAMES), named(150))) {
      for (QueueOptions options : List.of(BOTH, prioritized)) {
        assertThatThrownBy(() -> link.declare(queue, options))
            .isInstanceOf(InvalidDestinationException.class)
            .hasMessageContaining("choose a shorter name");
      }
      assertThat(link.exists(queue)).isFalse();
      link.declare(queue, QueueOptions.DEFAULT);
      send(queue, 1);
      assertThat(priorities(queue, 1)).containsExactly(1);
      link.delete(queue);
    }
  }

  @Test
  void aForeignQueueWithALongNameIsNotTakenForAnOrdinaryOne() throws Exception {
    Queue queue = foreign(named(150), Map.of("x-max-priority", 9));
    assertThatThrownBy(() -> other.openProducer(queue, cause -> {}))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining("shorter name");
    try (Channel channel = channel()) {
      channel.basicPublish("", queue.name(), new BasicProperties(), new byte[0]);
    }
    assertThat(priorities(queue, 1)).hasSize(1);
  }

  @Test
  void aForeignQueueWithALongNameThatAsksForNothingIsSentTo() throws Exception {
    for (String type : List.of("classic", "quorum")) {
      Queue queue = foreign(named(150), Map.of("x-queue-type", type));
      send(queue, 7);
      assertThat(priorities(queue, 1)).containsExactly(7);
    }
  }

  @Test
  void whatThisLinkMadeAnewIsKnownAsThat() throws Exception {
    Queue queue = Links.newQueue(other);
    LinkProducer producer = other.openProducer(queue, cause -> {});
    Links.send(producer, of(1)).await();
    other.delete(queue);
    other.declare(queue, QueueOptions.builder().prioritized(true).build());
    for (int priority : List.of(3, 8)) {
      Links.send(producer, of(priority)).await();
    }
    assertThat(priorities(queue, 2)).containsExactly(8, 3);
  }

  /** Classic queues do not count; the core does, while the consumer lives. */
  @Test
  void aPrioritizedQueueTellsOnlyThatAMessageComesAgain() throws Exception {
    Queue queue = prioritized();
    send(queue, 1);
    for (int expected : List.of(1, 2, 2)) {
      Links.Received holder = Links.consume(link, Links.queue(queue), 1);
      assertThat(holder.consumer().releasesNatively()).isFalse();
      assertThat(holder.next().deliveryCount()).isEqualTo(expected);
      holder.consumer().close();
    }
  }
}
