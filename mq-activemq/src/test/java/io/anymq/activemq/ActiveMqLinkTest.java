package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.AtomicCommit.Accept;
import io.anymq.spi.AtomicCommit.Send;
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
    assertThat(link.depth(queue).atRest()).isEqualTo(10);
    Links.awaitInFlight(link, queue, 4);

    first.consumer().settle(Outcome.ACCEPT, List.of(held.get(1), held.get(3)));
    InboundDelivery fifth = first.next(2).get(1);
    first.consumer().settle(Outcome.ACCEPT, List.of(fifth));
    assertThat(first.next().message().text()).isEqualTo("6");
    first.consumer().close();
    assertThat(link.depth(queue).atRest()).isEqualTo(7);
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
    assertThat(link.depth(queue).atRest()).isEqualTo(47);
  }

  @Test
  void purgeLeavesWhatIsHeld() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1000);
    Links.Received received = Links.consume(link, Links.queue(queue), 5);
    received.next(5);
    link.purge(queue);
    assertThat(link.depth(queue).atRest()).isEqualTo(5);
  }

  @Test
  void commitsSendsAndAcceptancesTogether() throws Exception {
    Queue from = Links.newQueue(link);
    Queue to = Links.newQueue(link);
    Links.send(link, from, 5);
    Links.Received received = Links.consume(link, Links.queue(from), 10);
    List<InboundDelivery> held = received.next(5);
    link.commit(
        List.of(new Send(to, Links.text("a")), new Send(to, Links.text("b"))),
        List.of(new Accept(received.consumer(), List.of(held.get(0), held.get(1), held.get(3)))));
    assertThat(link.depth(from).atRest()).isEqualTo(2);
    assertThat(link.depth(to).atRest()).isEqualTo(2);
    received.consumer().settle(Outcome.ACCEPT, List.of(held.get(2), held.get(4)));
    received.consumer().close();
    assertThat(link.depth(from).atRest()).isZero();
  }

  @Test
  void commitsOverSeveralNativeConnections() throws Exception {
    Queue from = Links.newQueue(link);
    Topic topic = Links.newTopic(link);
    Queue to = Links.newQueue(link);
    Links.Received durable = Links.consume(link, Links.durable(topic, "name"), 10);
    Links.Received queue = Links.consume(link, Links.queue(from), 10);
    Links.send(link, from, 3);
    Links.send(link, topic, 3);
    link.commit(
        List.of(new Send(to, Links.text("a"))),
        List.of(
            new Accept(queue.consumer(), queue.next(3)),
            new Accept(durable.consumer(), durable.next(2))));
    assertThat(link.depth(from).atRest()).isZero();
    assertThat(link.depth(to).atRest()).isEqualTo(1);
    durable.consumer().close();
    Links.Received again = Links.consume(link, Links.durable(topic, "name"), 10);
    assertThat(again.next().message().text()).isEqualTo("2");
    again.consumer().close();
    link.unsubscribe(topic, "name");
  }

  @Test
  void aDurableSubscriptionHasOneConsumerAndKeepsWhatIsSent() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received first = Links.consume(link, Links.durable(topic, "s"), 10);
    assertThatThrownBy(() -> Links.consume(link, Links.durable(topic, "s"), 10))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    assertThatThrownBy(() -> link.unsubscribe(topic, "s"))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    first.consumer().close();
    Links.send(link, topic, 2);
    Links.Received second = Links.consume(link, Links.durable(topic, "s"), 10);
    List<InboundDelivery> held = second.next(2);
    assertThat(held).extracting(d -> d.message().text()).containsExactly("0", "1");
    second.consumer().settle(Outcome.ACCEPT, held.subList(1, 2));
    second.consumer().close();
    Links.Received third = Links.consume(link, Links.durable(topic, "s"), 10);
    InboundDelivery again = third.next();
    assertThat(again.message().text()).isEqualTo("0");
    assertThat(again.deliveryCount()).isEqualTo(2);
    third.consumer().close();
    link.unsubscribe(topic, "s");
    link.unsubscribe(topic, "s");
    Links.Received fourth = Links.consume(link, Links.durable(topic, "s"), 10);
    Links.send(link, topic, 1);
    assertThat(fourth.next().deliveryCount()).isEqualTo(1);
    fourth.consumer().close();
    link.unsubscribe(topic, "s");
  }

  @Test
  void aPlainSubscriptionIsLiveAtOnceAndGetsNothingOfBefore() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.send(link, topic, 3);
    Links.Received received = Links.consume(link, Links.plain(topic), 2);
    Links.send(link, topic, 20);
    for (int i = 0; i < 20; i += 2) {
      List<InboundDelivery> two = received.next(2);
      assertThat(two).extracting(d -> d.message().text()).containsExactly("" + i, "" + (i + 1));
      received.consumer().settle(Outcome.ACCEPT, List.of(two.get(1)));
      received.consumer().settle(Outcome.ACCEPT, List.of(two.get(0)));
    }
    received.consumer().close();
  }
}
