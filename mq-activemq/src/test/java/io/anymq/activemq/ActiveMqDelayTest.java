package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
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
  void isDeclaredOnlyWhereTheSchedulerIsOn() {
    assertThat(link.capabilities()).containsKey(Capability.DELIVERY_DELAY);
    try (BrokerHandle plain =
        BrokerProvisioner.system()
            .start("activemq", BrokerOptions.none().withSetting("scheduler", "false"))) {
      ActiveMqLink other = Links.open(plain);
      assertThat(other.capabilities()).doesNotContainKey(Capability.DELIVERY_DELAY);
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
