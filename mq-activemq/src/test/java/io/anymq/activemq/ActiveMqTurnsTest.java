package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnection;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers of a real broker's queue that take turns. */
@Timeout(60)
final class ActiveMqTurnsTest {

  private static BrokerHandle broker;
  private final List<ActiveMqLink> links = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.system().start("activemq");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeLinks() {
    links.forEach(link -> link.close(Duration.ofSeconds(2)));
  }

  private ActiveMqLink open(String url) {
    ActiveMqLink link = ActiveMqLink.open(Links.request(url, new LinkedBlockingQueue<>()));
    links.add(link);
    return link;
  }

  private static Links.Received inTurn(ActiveMqLink link, Queue queue, int prefetch) {
    Links.Received received = new Links.Received();
    received.consumer =
        link.openConsumer(
            new ConsumerRequest(Links.queue(queue), prefetch, Optional.empty(), true), received);
    return received;
  }

  private static List<String> texts(List<InboundDelivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.message().text()).toList();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }

  private static void assertInUse(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  @Test
  void theTurnPassesOnWhenItsHolderCrashesAndWhatItHeldComesFirst() throws Exception {
    ActiveMqLink dying = open(broker.proxiedUrl());
    ActiveMqLink heir = open(broker.url());
    Queue queue = Links.newQueue(heir);
    Links.Received first = inTurn(dying, queue, 400);
    Links.Received second = inTurn(heir, queue, 1000);
    Links.send(heir, queue, 600);
    List<InboundDelivery> held = first.next(400);
    first.consumer().settle(Outcome.ACCEPT, held.subList(0, 100));
    first.consumer().settle(Outcome.ACCEPT, held.subList(150, 200));
    while (heir.depth(queue).atRest() > 450) {
      Thread.onSpinWait();
    }
    assertThat(second.deliveries).isEmpty();
    try {
      broker.cutNetwork();
      List<InboundDelivery> next = second.next(450);
      List<String> expected = new ArrayList<>(numbers(100, 150));
      expected.addAll(numbers(200, 600));
      assertThat(texts(next)).isEqualTo(expected);
      assertThat(next.subList(0, 250)).allMatch(InboundDelivery::redelivered);
    } finally {
      broker.restoreNetwork();
    }
  }

  @Test
  void anOrdinaryConsumerIsRefusedWhileOthersTakeTurnsAndTheOtherWayRound() throws Exception {
    ActiveMqLink link = open(broker.url());
    ActiveMqLink other = open(broker.url());
    Queue queue = Links.newQueue(link);
    Links.Received turn = inTurn(link, queue, 5);
    Links.Received waiting = inTurn(other, queue, 5);
    assertInUse(() -> Links.consume(other, Links.queue(queue), 5));
    Links.send(link, queue, 3);
    turn.next(3);
    turn.consumer().close();
    assertThat(texts(waiting.next(3))).isEqualTo(numbers(0, 3));
    assertInUse(() -> Links.consume(link, Links.queue(queue), 5));
    waiting.consumer().close();
    Links.Received ordinary = Links.consume(link, Links.queue(queue), 1);
    assertThat(texts(ordinary.next(1))).isEqualTo(numbers(0, 1));
    assertInUse(() -> inTurn(other, queue, 5));
    ordinary.consumer().close();
    assertThat(inTurn(other, queue, 5).next(3)).hasSize(3);
  }

  @Test
  void aNativeProgramsConsumerIsSeen() throws Exception {
    ActiveMqLink link = open(broker.url());
    Queue queue = Links.newQueue(link);
    ActiveMQConnection connection =
        open(broker.url()).unwrap(ActiveMQConnection.class).orElseThrow();
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    session.createConsumer(session.createQueue(queue.name()));
    assertInUse(() -> inTurn(link, queue, 5));
    session.close();
    Links.Received turn = inTurn(link, queue, 5);
    Links.send(link, queue, 1);
    assertThat(turn.next().message().text()).isEqualTo("0");
  }

  @Test
  void aQueueIsPurgedWhoseConsumersTakeTurns() throws Exception {
    ActiveMqLink link = open(broker.url());
    Queue queue = Links.newQueue(link);
    Links.Received turn = inTurn(link, queue, 2);
    Links.send(link, queue, 50);
    List<InboundDelivery> held = turn.next(2);
    open(broker.url()).purge(queue);
    assertThat(link.depth(queue).atRest()).isEqualTo(2);
    turn.consumer().settle(Outcome.ACCEPT, held);
    Links.send(link, queue, 1);
    assertThat(turn.next().message().text()).isEqualTo("0");
    assertThat(turn.deliveries).isEmpty();
  }
}
