package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Key-ordered consumers of quorum queues, and of classic ones without a limit, let more come for
 * what is parked, and keep the order of all.
 */
@Timeout(120)
final class RenewingTest {

  /** In which what must not come would come, on most machines. */
  private static final Duration A_WHILE = Duration.ofMillis(500);

  /** What all native consumers together hold with a prefetch of four. */
  private static final int ALL_PLACES = 4 * RenewingConsumer.MOST;

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink quorum = Links.open(broker.url());
  private final RabbitLink classic =
      Links.open(
          broker.url(),
          Options.none().with(RabbitOptions.QUEUE_TYPE, RabbitOptions.QueueType.CLASSIC));

  /** What is consumed. */
  private enum Kind {
    QUORUM,
    CLASSIC,
    DURABLE,
    SHARED
  }

  private RabbitLink link(Kind kind) {
    return kind == Kind.CLASSIC ? classic : quorum;
  }

  @AfterEach
  void disconnect() {
    quorum.close(Duration.ofSeconds(5));
    classic.close(Duration.ofSeconds(5));
  }

  private Source filled(Kind kind, int count) throws Exception {
    RabbitLink link = link(kind);
    if (kind != Kind.DURABLE && kind != Kind.SHARED) {
      Queue queue = Links.newQueue(link);
      Links.send(link, queue, count);
      return Links.queue(queue);
    }
    Topic topic = Links.newTopic(link);
    boolean shared = kind == Kind.SHARED;
    Source source = new Source.OfTopic(topic, new Source.Terms(Optional.of("kept"), true, shared));
    open(kind, source, 1).consumer().close();
    Links.send(link, topic, count);
    return source;
  }

  private Links.Received open(Kind kind, Source source, int prefetch) {
    ConsumerRequest request = new ConsumerRequest(source, prefetch, Optional.empty(), true);
    return Links.consumeWhenFree(link(kind), request);
  }

  private static void assertNext(Links.Received received, int expected) throws Exception {
    assertThat(received.next().message().text()).isEqualTo(String.valueOf(expected));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsParkedLetsOthersComeAndGoesOnInOrder(Kind kind) throws Exception {
    Source source = filled(kind, 200);
    Links.Received received = open(kind, source, 4);
    Parking lot = (Parking) received.consumer();
    for (int i = 0; i < 100; i++) {
      InboundDelivery next = received.next();
      assertThat(next.message().text()).isEqualTo(String.valueOf(i));
      lot.park(next);
    }
    received.consumer().close();
    Links.Received heir = open(kind, source, 200);
    for (int i = 0; i < 200; i++) {
      assertNext(heir, i);
    }
    heir.consumer().close();
  }

  /** A quorum queue gives back in order what 32 consumers of a channel held, and not of more. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOrderStaysHoweverMuchIsParked(Kind kind) throws Exception {
    Source source = filled(kind, 200);
    Links.Received received = open(kind, source, 4);
    Parking lot = (Parking) received.consumer();
    List<InboundDelivery> parked = new ArrayList<>();
    for (InboundDelivery next = received.next(); next != null; next = more(received, parked)) {
      lot.park(next);
      parked.add(next);
    }
    received.consumer().close();
    Links.Received heir = open(kind, source, 200);
    for (int i = 0; i < 200; i++) {
      assertNext(heir, i);
    }
    heir.consumer().close();
  }

  /** Null when the consumer has got all that it may have. */
  private static @Nullable InboundDelivery more(Links.Received received, List<?> parked)
      throws Exception {
    return parked.size() < ALL_PLACES
        ? received.next()
        : received.deliveries.poll(A_WHILE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aPlaceThatHoldsNothingMakesRoomForOneMore(Kind kind) throws Exception {
    Source source = filled(kind, ALL_PLACES + 4);
    Links.Received received = open(kind, source, 4);
    Parking lot = (Parking) received.consumer();
    List<InboundDelivery> parked = new ArrayList<>();
    while (parked.size() < ALL_PLACES) {
      InboundDelivery next = received.next();
      lot.park(next);
      parked.add(next);
    }
    for (InboundDelivery each : parked.subList(0, 4)) {
      lot.unpark(each);
      received.accept(each);
    }
    for (int i = ALL_PLACES; i < ALL_PLACES + 4; i++) {
      assertNext(received, i);
    }
    received.consumer().close();
    Links.Received heir = open(kind, source, 200);
    for (int i = 4; i < ALL_PLACES + 4; i++) {
      assertNext(heir, i);
    }
    heir.consumer().close();
  }

  /** The application holds one of each place: what is parked makes room when another is settled. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsSettledMakesRoomToo(Kind kind) throws Exception {
    Source source = filled(kind, 20);
    Links.Received received = open(kind, source, 4);
    Parking lot = (Parking) received.consumer();
    List<InboundDelivery> first = received.next(4);
    first.subList(0, 2).forEach(lot::park);
    List<InboundDelivery> second = received.next(4);
    second.subList(0, 3).forEach(lot::park);
    received.accept(first.get(2));
    assertNext(received, 8);
    received.consumer().close();
  }

  /** Whose turn is next there, the queue itself says. */
  @Test
  void aQueueThatGivesTurnsByItselfIsLeftToDoSo() throws Exception {
    Queue queue = Queue.of("q.turns." + UUID.randomUUID());
    Map<String, Object> arguments =
        Map.of("x-queue-type", "quorum", "x-single-active-consumer", true);
    try (Channel channel = quorum.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.queueDeclare(queue.name(), true, false, false, arguments);
    }
    Links.send(quorum, queue, 2);
    Links.Received received = open(Kind.QUORUM, Links.queue(queue), 1);
    assertThat(received.consumer()).isNotInstanceOf(Parking.class);
    assertNext(received, 0);
    received.consumer().close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsParkedGoesOnInOrderWhenItsLinkIsLost(Kind kind) throws Exception {
    Source source = filled(kind, 60);
    RabbitLink lost = Links.open(broker.url());
    ConsumerRequest request = new ConsumerRequest(source, 4, Optional.empty(), true);
    Links.Received received = Links.consume(lost, request);
    Parking lot = (Parking) received.consumer();
    for (int i = 0; i < 30; i++) {
      lot.park(received.next());
    }
    lost.unwrap(Connection.class).orElseThrow().abort();
    Links.Received heir = open(kind, source, 60);
    for (int i = 0; i < 60; i++) {
      assertNext(heir, i);
    }
    lost.close(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOrderStaysWhateverIsSettledMeanwhile(Kind kind) throws Exception {
    int count = 2000;
    Source source = filled(kind, count);
    Links.Received received = open(kind, source, 20);
    Parking lot = (Parking) received.consumer();
    Random random = new Random(1);
    Deque<InboundDelivery> parked = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      InboundDelivery next = received.next();
      assertThat(next.message().text()).isEqualTo(String.valueOf(i));
      if (random.nextInt(3) == 0) {
        received.accept(next);
      } else {
        lot.park(next);
        parked.add(next);
      }
      while (parked.size() > 100 || (!parked.isEmpty() && random.nextInt(4) == 0)) {
        InboundDelivery ready = random.nextBoolean() ? parked.removeFirst() : parked.removeLast();
        lot.unpark(ready);
        received.accept(ready);
      }
    }
    List<String> left = new ArrayList<>();
    parked.stream().map(each -> each.message().text()).forEach(left::add);
    received.consumer().close();
    Links.Received heir = open(kind, source, 200);
    for (String text : left) {
      assertThat(heir.next().message().text()).isEqualTo(text);
    }
    assertThat(heir.deliveries).isEmpty();
    heir.consumer().close();
  }
}
