package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.Destination;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the core keeps unsettled for a while takes no place of the prefetch, on a real broker: where
 * nothing waits at the broker itself.
 */
@Timeout(120)
final class ParkingTest {

  /** In which a message that must not come would come, on most machines. */
  private static final Duration A_WHILE = Duration.ofMillis(300);

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link =
      Links.open(
          broker.url(),
          Options.none().with(RabbitOptions.REPLAY_RETENTION, Duration.ofMinutes(10)));
  private final RabbitLink withoutReplay = Links.open(broker.url());

  /** What is consumed. */
  private enum Kind {
    PLAIN,
    PLAIN_WITH_REPLAY,
    PLAIN_PATTERN,
    SHARED,
    SHARED_IN_ORDER_OF_KEYS,
    BOUNDED,
    DROPPING,
    TEMPORARY
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
    withoutReplay.close(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aParkedMessageLetsOneMoreCome(Kind kind) throws Exception {
    Fixture fixture = new Fixture(kind, 1);
    fixture.send(4);
    InboundDelivery first = fixture.next("0");
    fixture.lot().park(first);
    InboundDelivery second = fixture.next("1");
    fixture.assertNoMore();
    fixture.lot().park(second);
    InboundDelivery third = fixture.next("2");
    fixture.assertNoMore();
    fixture.accept(third);
    fixture.next("3");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void thePrefetchHoldsWhenParkingEnds(Kind kind) throws Exception {
    Fixture fixture = new Fixture(kind, 1);
    fixture.send(5);
    InboundDelivery first = fixture.next("0");
    fixture.lot().park(first);
    InboundDelivery second = fixture.next("1");
    fixture.lot().unpark(first);
    fixture.accept(second);
    fixture.assertNoMore();
    fixture.lot().park(first);
    InboundDelivery third = fixture.next("2");
    fixture.lot().unpark(first);
    fixture.accept(first);
    fixture.assertNoMore();
    fixture.accept(third);
    InboundDelivery fourth = fixture.next("3");
    fixture.assertNoMore();
    fixture.accept(fourth);
    fixture.next("4");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void manyAreParkedAndSettledInAnyOrder(Kind kind) throws Exception {
    Fixture fixture = new Fixture(kind, 3);
    fixture.send(12);
    List<InboundDelivery> parked = fixture.next(3);
    parked.forEach(fixture.lot()::park);
    List<InboundDelivery> held = fixture.next(3);
    parked.forEach(fixture.lot()::unpark);
    fixture.accept(held.get(2), parked.get(1)); // four are left
    fixture.assertNoMore();
    fixture.accept(parked.get(0));
    fixture.assertNoMore();
    fixture.accept(held.get(0), parked.get(2));
    fixture.next(2);
    fixture.assertNoMore();
  }

  /** A plain subscription's goes with its consumer. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"SHARED", "SHARED_IN_ORDER_OF_KEYS", "BOUNDED", "DROPPING", "TEMPORARY"})
  void whatIsParkedGoesToTheNextConsumer(Kind kind) throws Exception {
    Fixture fixture = new Fixture(kind, 1);
    Links.Received next = fixture.another();
    fixture.send(2);
    InboundDelivery first = fixture.next("0");
    fixture.lot().park(first);
    fixture.received.consumer().close();
    assertThat(next.next().message().text()).isIn("0", "1");
  }

  /** One consumer of a kind of source that exists. */
  private final class Fixture {

    private final RabbitLink own;
    private final Destination destination;
    private final Source source;
    private final boolean keyOrdered;
    private final int prefetch;
    private final Links.Received received;

    Fixture(Kind kind, int prefetch) throws Exception {
      this.own = kind == Kind.PLAIN_WITH_REPLAY ? link : withoutReplay;
      this.destination = destination(own, kind);
      this.source = source(kind, destination);
      this.keyOrdered = kind == Kind.SHARED_IN_ORDER_OF_KEYS;
      this.prefetch = prefetch;
      this.received = another();
    }

    Links.Received another() {
      return Links.consume(
          own, new ConsumerRequest(source, prefetch, Optional.empty(), keyOrdered));
    }

    Parking lot() {
      assertThat(received.consumer()).isInstanceOf(Parking.class);
      return (Parking) received.consumer();
    }

    /** One after the other: of a stream the broker (3.10) delivers at once what came at once. */
    void send(int count) throws Exception {
      for (int i = 0; i < count; i++) {
        Links.send(own, destination, List.of(Links.text(String.valueOf(i))));
      }
    }

    InboundDelivery next(String text) throws InterruptedException {
      InboundDelivery next = received.next();
      assertThat(next.message().text()).isEqualTo(text);
      return next;
    }

    List<InboundDelivery> next(int count) throws InterruptedException {
      return received.next(count);
    }

    void accept(InboundDelivery... some) {
      received.accept(some);
    }

    void assertNoMore() throws InterruptedException {
      InboundDelivery more = received.deliveries.poll(A_WHILE.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(more).as("what came beyond the prefetch").isNull();
    }
  }

  private static Destination destination(RabbitLink own, Kind kind) throws Exception {
    Queue queue = Queue.of("q.parked." + UUID.randomUUID());
    switch (kind) {
      case BOUNDED -> own.declare(queue, QueueOptions.builder().maxLength(100).build());
      case TEMPORARY -> own.declareTemporary(queue);
      case DROPPING -> {
        Connection connection = own.unwrap(Connection.class).orElseThrow();
        try (Channel channel = connection.createChannel()) {
          channel.queueDeclare(queue.name(), true, false, false, Map.of("x-max-length", 100));
        }
      }
      default -> {
        Topic topic = Topic.of("t.parked." + UUID.randomUUID());
        own.declare(topic, QueueOptions.DEFAULT);
        return topic;
      }
    }
    return queue;
  }

  private static Source source(Kind kind, Destination destination) {
    if (destination instanceof Queue queue) {
      return Links.queue(queue);
    }
    Optional<String> name =
        kind.name().startsWith("SHARED") ? Optional.of("team") : Optional.empty();
    Source.Terms terms = new Source.Terms(name, false, name.isPresent());
    return kind == Kind.PLAIN_PATTERN
        ? new Source.OfPattern(TopicPattern.of(destination.name()), terms)
        : new Source.OfTopic((Topic) destination, terms);
  }
}
