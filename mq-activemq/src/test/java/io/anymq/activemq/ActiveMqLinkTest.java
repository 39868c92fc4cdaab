package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter against a real broker, without the core. */
final class ActiveMqLinkTest {

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
  void tellsTheVersionsAndWhatItCan() {
    assertThat(link.info().brokerVersion()).isEqualTo(broker.version());
    assertThat(link.info().clientVersion()).matches("\\d+\\.\\d+.*");
    assertThat(link.capabilities())
        .containsKeys(Capability.QUEUE_DEPTH, Capability.IN_FLIGHT_COUNT, Capability.PURGE);
  }

  @Test
  void existsIsPassive() {
    Queue queue = Queue.of("never.made");
    assertThat(link.exists(queue)).isFalse();
    assertThat(link.exists(queue)).isFalse();
    assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(DestinationNotFoundException.class);
    assertThat(link.exists(queue)).isFalse();
    assertThat(link.exists(Topic.of("never.made"))).isFalse();
  }

  @Test
  void aQueueAndATopicOfOneNameAreTwo() {
    Queue queue = Links.newQueue(link);
    assertThat(link.exists(queue)).isTrue();
    assertThat(link.exists(Topic.of(queue.name()))).isFalse();
    link.delete(queue);
    assertThat(link.exists(queue)).isFalse();
    link.delete(queue);
  }

  @Test
  void whatIsHeldCountsAndComesBackMarked() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 10);
    Links.Received first = Links.consume(link, Links.queue(queue), 4);
    List<InboundDelivery> held = first.next(4);
    assertThat(held).extracting(InboundDelivery::deliveryCount).containsOnly(1);
    assertThat(held).extracting(InboundDelivery::redelivered).containsOnly(false);
    QueueDepth depth = link.depth(queue);
    assertThat(depth.count()).isEqualTo(10);
    assertThat(depth.inFlight()).hasValue(4);

    first.consumer().settle(Outcome.ACCEPT, List.of(held.get(1), held.get(3)));
    InboundDelivery fifth = first.next(2).get(1);
    first.consumer().settle(Outcome.ACCEPT, List.of(fifth));
    first.next();
    first.consumer().close();
    assertThat(link.depth(queue).count()).isEqualTo(7);
    assertThat(link.depth(queue).inFlight()).hasValue(0);

    Links.Received second = Links.consume(link, Links.queue(queue), 100);
    List<InboundDelivery> again = second.next(7);
    assertThat(again)
        .extracting(d -> d.message().text())
        .containsExactly("0", "2", "4", "6", "7", "8", "9");
    assertThat(again)
        .extracting(InboundDelivery::deliveryCount)
        .containsExactly(2, 2, 2, 2, 1, 1, 1);
  }

  @Test
  void acceptsRowsAndSinglesInAnyOrder() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 100);
    Links.Received received = Links.consume(link, Links.queue(queue), 100);
    List<InboundDelivery> held = received.next(100);
    received.consumer().settle(Outcome.ACCEPT, held.subList(10, 50));
    received.consumer().settle(Outcome.ACCEPT, List.of(held.get(60), held.get(55), held.get(56)));
    received.consumer().settle(Outcome.ACCEPT, held.subList(0, 10));
    received.consumer().settle(Outcome.ACCEPT, held.subList(0, 10));
    received.consumer().close();
    assertThat(link.depth(queue).count()).isEqualTo(47);
  }

  @Test
  void purgeLeavesWhatIsHeld() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1000);
    Links.Received received = Links.consume(link, Links.queue(queue), 5);
    received.next(5);
    link.purge(queue);
    assertThat(link.depth(queue).count()).isEqualTo(5);
  }
}
