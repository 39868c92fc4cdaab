package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.SendInDoubtException;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit.Send;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ConsumerInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Delayed messages at a real broker. */
@Timeout(60)
final class ActiveMqDelayTest {

  private static BrokerHandle broker;
  private ActiveMqLink link;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.shared("activemq");
  }

  @BeforeEach
  void connect() {
    link = Links.open(broker);
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
  }

  @Test
  void isNeverEarlyAndNotInTheDepthUntilItIsDue() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    long begun = System.nanoTime();
    Message sent = send(queue, delayed("late", 5_000));
    send(queue, delayed("early", 3_000));
    assertThat(link.depth(queue).atRest()).isZero();
    InboundDelivery first = received.next();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(ms(3_000));
    assertThat(first.message().text()).isEqualTo("early");
    InboundDelivery second = received.next();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(ms(5_000));
    assertThat(second.message()).usingRecursiveComparison().isEqualTo(sent);
    assertThat(second.redelivered()).isFalse();
  }

  @Test
  void aSendRightAfterAnotherConnectionDeletedTheQueueIsRefused() throws Exception {
    ActiveMqLink other = Links.open(broker);
    try {
      for (int round = 0; round < 100; round++) {
        Queue queue = Links.newQueue(link);
        LinkProducer producer = link.openProducer(queue, cause -> {});
        other.delete(queue);
        Links.Sent sent = new Links.Sent(delayed("late", 60_000));
        producer.send(sent);
        assertThatThrownBy(sent::await)
            .as("round %s", round)
            .cause()
            .isInstanceOf(DestinationNotFoundException.class);
        producer.close();
      }
    } finally {
      other.close(Duration.ofSeconds(5));
    }
  }

  /** Broker and scheduler would take it: the queue's end must be known before. */
  @Test
  void aSendToATemporaryQueueThatIsGoneIsRefused() throws Exception {
    ActiveMqLink owner = Links.open(broker);
    Queue replies = Queue.of("tmp." + UUID.randomUUID());
    owner.declareTemporary(replies);
    LinkProducer producer = link.openProducer(replies, cause -> {});
    Links.Sent early = new Links.Sent(delayed("early", 60_000));
    producer.send(early);
    early.await();
    owner.close(Duration.ofSeconds(5));
    assertRefused(producer, delayed("late", 60_000));
  }

  @Test
  void aTemporaryQueueThatItsOwnerMadeAnewIsFound() throws Exception {
    Queue replies = Queue.of("tmp." + UUID.randomUUID());
    ActiveMqLink owner = Links.open(broker);
    owner.declareTemporary(replies);
    LinkProducer producer = link.openProducer(replies, cause -> {});
    owner.close(Duration.ofSeconds(5));
    assertRefused(producer, delayed("late", 60_000));
    ActiveMqLink recovered = Links.open(broker);
    recovered.declareTemporary(replies);
    assertThat(link.exists(replies)).as("the new queue, which so is known by its name").isTrue();
    Links.Received received = Links.consume(recovered, Links.queue(replies), 1);
    Links.Sent sent = new Links.Sent(delayed("again", 100));
    producer.send(sent);
    sent.await();
    assertThat(received.next().message().text()).isEqualTo("again");
    recovered.close(Duration.ofSeconds(5));
    assertRefused(producer, delayed("late", 60_000));
  }

  private static void assertRefused(LinkProducer producer, Message message) {
    Links.Sent sent = new Links.Sent(message);
    producer.send(sent);
    assertThatThrownBy(sent::await).cause().isInstanceOf(DestinationNotFoundException.class);
  }

  /** To look for the message would make the queue again. */
  @Test
  void aDeletionBesideASendLeavesItInDoubtAndTheQueueDeleted() throws Exception {
    Queue queue = Queue.of("q");
    java.util.Queue<ActiveMQDestination> consumed = new ConcurrentLinkedQueue<>();
    try (FakeOpenWire fake =
        FakeOpenWire.start(
            command -> {
              if (command instanceof ConsumerInfo info) {
                consumed.add(info.getDestination());
              }
              return FakeOpenWire.Fate.TAKEN;
            })) {
      ActiveMqLink other = ActiveMqLink.open(fake.request(Duration.ofSeconds(10)));
      fake.deletesBeforeItAnswers(new ActiveMQQueue(queue.name()));
      Links.Sent sent = new Links.Sent(delayed("x", 60_000));
      other.openProducer(queue, cause -> {}).send(sent);
      assertThatThrownBy(sent::await)
          .cause()
          .isInstanceOf(SendInDoubtException.class)
          .hasMessageContaining("was deleted");
      other.close(Duration.ofSeconds(5));
    }
    assertThat(consumed).doesNotContain(new ActiveMQQueue(queue.name()));
  }

  @Test
  void whatAPropertySchedulesIsADelayedSend() throws Exception {
    ActiveMqLink other = Links.open(broker);
    try {
      for (String name : List.of("AMQ_SCHEDULED_DELAY", "AMQ_SCHEDULED_PERIOD")) {
        Message message = Links.text("x").toBuilder().property(name, 60_000L).build();
        Queue queue = Links.newQueue(link);
        LinkProducer producer = link.openProducer(queue, cause -> {});
        assertThatThrownBy(() -> link.commit(List.of(new Send(queue, message)), List.of()))
            .as(name)
            .isInstanceOf(UnsupportedCapabilityException.class);
        other.delete(queue);
        assertRefused(producer, message);
        assertThat(other.exists(queue)).as("the queue, %s", name).isFalse();
      }
    } finally {
      other.close(Duration.ofSeconds(5));
    }
  }

  /** The broker would deliver it at once. */
  @Test
  void whatWasDelayedByTheBrokerBeforeIsNotDelayedInSilence() {
    Queue queue = Links.newQueue(link);
    Message message =
        delayed("x", 60_000).toBuilder().property("scheduledJobId", "ID:x:1:1:1:1").build();
    Links.Sent sent = new Links.Sent(message);
    link.openProducer(queue, cause -> {}).send(sent);
    assertThatThrownBy(sent::await)
        .cause()
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("scheduledJobId");
    assertThat(link.depth(queue).atRest()).isZero();
  }

  @Test
  void theExpiryStaysWhatItWas() throws Exception {
    Queue queue = Links.newQueue(link);
    Message sent =
        send(
            queue,
            delayed("x", 100).toBuilder()
                .timeToLive(Duration.ofHours(1))
                .expiresAt(Instant.ofEpochMilli(System.currentTimeMillis() + 3_600_000))
                .build());
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    assertThat(received.next().message()).usingRecursiveComparison().isEqualTo(sent);
  }

  @Test
  void goesToThoseWhoAreSubscribedWhenItIsDue() throws Exception {
    Topic topic = Links.newTopic(link);
    send(topic, delayed("x", 4_000)); // in which a subscription surely opens
    Links.Received received = Links.consume(link, Links.plain(topic), 10);
    assertThat(received.next().message().text()).isEqualTo("x");
  }

  @Test
  void aUnitOfWorkRefusesIt() {
    Queue queue = Links.newQueue(link);
    assertThatThrownBy(() -> link.commit(List.of(new Send(queue, delayed("x", 10))), List.of()))
        .isInstanceOf(UnsupportedCapabilityException.class);
    assertThat(link.depth(queue).atRest()).isZero();
  }

  @Test
  void isDeclaredAndTakenOnlyWhereTheSchedulerIsOn() {
    assertThat(link.capabilities()).containsKey(Capability.DELIVERY_DELAY);
    try (BrokerHandle plain =
        BrokerProvisioner.system()
            .start("activemq", BrokerOptions.none().withSetting("scheduler", "false"))) {
      ActiveMqLink other = Links.open(plain);
      assertThat(other.capabilities()).doesNotContainKey(Capability.DELIVERY_DELAY);
      Links.Sent sent = new Links.Sent(delayed("x", 60_000));
      other.openProducer(Links.newQueue(other), cause -> {}).send(sent);
      assertThatThrownBy(sent::await).cause().isInstanceOf(UnsupportedCapabilityException.class);
      other.close(Duration.ofSeconds(5));
    }
  }

  private Message send(Destination to, Message message) throws Exception {
    LinkProducer producer = link.openProducer(to, cause -> {});
    Links.Sent sent = new Links.Sent(message);
    producer.send(sent);
    sent.await();
    producer.close();
    return message;
  }

  private static Message delayed(String text, long millis) {
    Message plain = Links.text(text);
    return plain.toBuilder()
        .timestamp(Instant.ofEpochMilli(System.currentTimeMillis()))
        .deliveryDelay(ms(millis))
        .property("smile", "\uD83D\uDE00 \0 €")
        .property("plain", "Grüße")
        .build();
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
