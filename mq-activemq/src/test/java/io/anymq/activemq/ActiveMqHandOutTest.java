package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.transport.tcp.TcpTransport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a delivery to an application, and what takes a place of the prefetch. */
final class ActiveMqHandOutTest {

  private static BrokerHandle broker;
  private final BlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
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
    links.forEach(link -> link.close(Duration.ofSeconds(1)));
  }

  private ActiveMqLink open() {
    ActiveMqLink link = ActiveMqLink.open(Links.request(broker.url(), lost));
    links.add(link);
    return link;
  }

  /** As when the process is killed: the broker is told nothing. */
  private static void cut(OpenWire wire) throws Exception {
    wire.connection().getTransport().narrow(TcpTransport.class).stop();
  }

  private static void cut(ActiveMqLink link) throws Exception {
    ActiveMQConnection connection = link.unwrap(ActiveMQConnection.class).orElseThrow();
    connection.getTransport().narrow(TcpTransport.class).stop();
  }

  /** Each source that outlives its consumers, with three messages in it. */
  private static Source filled(ActiveMqLink link, String kind) throws Exception {
    if (kind.equals("queue")) {
      Queue queue = Links.newQueue(link);
      Links.send(link, queue, 3);
      return Links.queue(queue);
    }
    Topic topic = Links.newTopic(link);
    Source source =
        kind.equals("durable")
            ? Links.durable(topic, "d")
            : new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), true, true));
    Links.consume(link, source, 1).consumer().close();
    Links.send(link, topic, 3);
    return source;
  }

  private Links.Received consumeWhenFree(ActiveMqLink link, Source source, int prefetch) {
    long end = System.nanoTime() + Links.PATIENCE.toNanos();
    while (true) {
      try {
        return Links.consume(link, source, prefetch);
      } catch (MessagingException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.onSpinWait(); // the broker has not noticed yet that the other one is gone
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable", "shared"})
  void whatOnlyWaitedInACrashedClientWasNotHandedOut(String kind) throws Exception {
    Source source = filled(open(), kind);
    for (int crash = 0; crash < 3; crash++) {
      ActiveMqLink link = open();
      Links.Received received = consumeWhenFree(link, source, 10);
      assertThat(received.next().message().text()).isEqualTo("0");
      List<InboundDelivery> waiting = waiting(received, 2);
      assertThat(waiting).extracting(InboundDelivery::earlierHandOuts).containsOnly(0);
      crash(link, received);
    }
    Links.Received last = consumeWhenFree(open(), source, 10);
    InboundDelivery first = last.next();
    assertThat(first.deliveryCount()).isGreaterThanOrEqualTo(3);
    // Nobody knew of the first of three that it would come again.
    assertThat(first.earlierHandOuts()).isEqualTo(2);
    assertThat(waiting(last, 2)).extracting(InboundDelivery::earlierHandOuts).containsOnly(0);
  }

  private static void crash(ActiveMqLink link, Links.Received received) throws Exception {
    ActiveMqConsumer consumer = (ActiveMqConsumer) received.consumer();
    cut(consumer.wire());
    cut(link);
    link.close(Duration.ofSeconds(1));
  }

  private static List<InboundDelivery> waiting(Links.Received received, int count)
      throws InterruptedException {
    List<InboundDelivery> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      InboundDelivery next = received.deliveries.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      waiting.add(next);
    }
    return waiting;
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable", "shared"})
  void aCloseRecordsWhatWasHandedOutForTheFirstTime(String kind) throws Exception {
    ActiveMqLink link = open();
    Source source = filled(link, kind);
    Links.Received received = Links.consume(link, source, 10);
    received.next();
    waiting(received, 2);
    received.consumer().close();
    Links.Received again = consumeWhenFree(link, source, 10);
    assertThat(again.next().earlierHandOuts()).isEqualTo(1);
    assertThat(waiting(again, 2)).extracting(InboundDelivery::deliveryCount).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable", "shared", "plain"})
  void whatIsParkedTakesNoPlace(String kind) throws Exception {
    ActiveMqLink link = open();
    Links.Received received;
    if (kind.equals("plain")) {
      Topic topic = Links.newTopic(link);
      received = Links.consume(link, Links.plain(topic), 1);
      Links.send(link, topic, 3);
    } else {
      received = Links.consume(link, filled(link, kind), 1);
    }
    Parking lot = (Parking) received.consumer();
    InboundDelivery first = received.next();
    assertThat(received.deliveries.poll(200, TimeUnit.MILLISECONDS)).isNull();
    lot.park(first);
    InboundDelivery second = received.next();
    assertThat(second.message().text()).isEqualTo("1");
    lot.unpark(first);
    received.consumer().settle(Outcome.ACCEPT, List.of(second));
    assertThat(received.deliveries.poll(200, TimeUnit.MILLISECONDS)).isNull();
    received.consumer().settle(Outcome.ACCEPT, List.of(first));
    assertThat(received.next().message().text()).isEqualTo("2");
  }

  /** What the core sends again after it lost a connection says so to all who receive it. */
  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable", "shared"})
  void whatIsSentAgainIsMarkedAndCountsAsTheFirst(String kind) throws Exception {
    ActiveMqLink link = open();
    Source source = filled(link, kind);
    Destination to =
        source instanceof Source.OfQueue of ? of.queue() : ((Source.OfTopic) source).topic();
    LinkProducer producer = link.openProducer(to, cause -> {});
    Links.Sent again = new Links.Sent(Links.text("again"), true);
    producer.send(again);
    again.await();
    Links.Received received = Links.consume(link, source, 10);
    List<InboundDelivery> all = received.next(4);
    assertThat(all)
        .extracting(InboundDelivery::redelivered)
        .containsExactly(false, false, false, true);
    int first = kind.equals("durable") ? 2 : 1; // it may be too high, and never too low
    assertThat(all).extracting(InboundDelivery::deliveryCount).containsExactly(1, 1, 1, first);
    assertThat(all.get(3).earlierHandOuts()).isZero();
    assertThat(all.get(3).message().properties()).isEmpty();
    received.consumer().close();
    assertThat(consumeWhenFree(link, source, 10).next(4))
        .extracting(InboundDelivery::deliveryCount)
        .containsOnly(2);
  }
}
