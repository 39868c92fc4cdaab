package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns at a queue, on a real broker: what the kit's rules do not look at. */
@Timeout(180)
final class TurnTest {

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** How often the turn passes on while messages are on their way. */
  private static final int ROUNDS = 30;

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link = Links.open(broker.url());
  private final RabbitLink other = Links.open(broker.url());

  /** A consumer and what it was handed. */
  private record Member(LinkConsumer consumer, Links.Received received) {

    List<String> texts(int count) throws InterruptedException {
      return received.next(count).stream().map(each -> each.message().text()).toList();
    }
  }

  @AfterEach
  void disconnect() {
    link.close(CLOSE);
    other.close(CLOSE);
  }

  private static Member open(RabbitLink link, Source source, boolean keyOrdered) {
    return open(link, source, keyOrdered, 10);
  }

  private static Member open(RabbitLink link, Source source, boolean keyOrdered, int prefetch) {
    Links.Received received = new Links.Received();
    ConsumerRequest request = new ConsumerRequest(source, prefetch, Optional.empty(), keyOrdered);
    return new Member(link.openConsumer(request, received), received);
  }

  private static Member ordered(RabbitLink link, Source source) {
    return open(link, source, true);
  }

  private static void assertRefused(RabbitLink link, Source source, boolean keyOrdered) {
    assertThatThrownBy(() -> open(link, source, keyOrdered))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE))
        .hasMessageContaining("order");
  }

  private List<Source> sources() {
    Topic topic = Links.newTopic(link);
    return List.of(
        Links.queue(Links.newQueue(link)),
        Links.queue(prioritized()),
        new Source.OfTopic(topic, new Source.Terms(Optional.of("kept"), true, true)),
        new Source.OfTopic(topic, new Source.Terms(Optional.of("passing"), false, true)));
  }

  private Queue prioritized() {
    Queue queue = Queue.of("turn." + UUID.randomUUID());
    link.declare(queue, QueueOptions.builder().prioritized(true).build());
    return queue;
  }

  private void send(Source source, int count) throws Exception {
    if (source instanceof Source.OfQueue of) {
      Links.send(other, of.queue(), count);
    } else if (source instanceof Source.OfTopic of) {
      Links.send(other, of.topic(), count);
    }
  }

  @Test
  void whatTheOneBeforeHeldComesFirst() throws Exception {
    for (Source source : sources()) {
      Member first = ordered(link, source);
      Member heir = ordered(other, source);
      send(source, 12);
      List<InboundDelivery> held = first.received().next(10);
      first.consumer().settle(Outcome.ACCEPT, List.of(held.get(1)));
      assertThat(first.received().next().message().text())
          .as("what takes its place")
          .isEqualTo("10");
      assertThat(heir.received().deliveries).isEmpty();
      first.consumer().close();
      List<InboundDelivery> inherited = heir.received().next(10);
      assertThat(inherited.stream().map(each -> each.message().text()))
          .as("from %s", source)
          .containsExactly("0", "2", "3", "4", "5", "6", "7", "8", "9", "10");
      assertThat(inherited.get(0).redelivered()).isTrue();
      heir.consumer().close();
    }
  }

  @Test
  void theOrderStaysHoweverMuchOneHeld() throws Exception {
    for (Source source : sources()) {
      Member first = open(link, source, true, 100);
      Member heir = open(other, source, true, 100);
      send(source, 120);
      assertThat(first.texts(100)).isEqualTo(numbers(0, 100));
      first.consumer().close();
      assertThat(heir.texts(100)).as("from %s", source).isEqualTo(numbers(0, 100));
      heir.consumer().close();
    }
  }

  @Test
  void whatIsOnItsWayToOneThatClosesComesBehindWhatItHeld() throws Exception {
    Queue queue = Links.newQueue(link);
    Member first = open(link, Links.queue(queue), true, 40);
    LinkProducer producer = other.openProducer(queue, cause -> {});
    int sent = 0;
    int accepted = 0;
    Member member = first;
    for (int round = 1; round <= ROUNDS; round++) {
      for (int i = 0; i < 30; i++) {
        producer.send(new Links.Sent(Links.text(String.valueOf(sent++))));
      }
      for (int i = 0; i < 10; i++) {
        InboundDelivery next = member.received().next();
        assertThat(next.message().text()).isEqualTo(String.valueOf(accepted++));
        member.consumer().settle(Outcome.ACCEPT, List.of(next));
      }
      member.consumer().close();
      member = open(round % 2 == 0 ? link : other, Links.queue(queue), true, 40);
    }
    assertThat(member.texts(40)).isEqualTo(numbers(accepted, accepted + 40));
    producer.close();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }

  @Test
  void theTurnPassesOnWhenALinkIsLost() throws Exception {
    for (Source source : sources()) {
      RabbitLink lost = Links.open(broker.url());
      Member first = ordered(lost, source);
      Member heir = ordered(other, source);
      send(source, 12);
      assertThat(first.texts(10)).startsWith("0");
      lost.unwrap(Connection.class).orElseThrow().abort();
      assertThat(heir.texts(10)).as("from %s", source).startsWith("0", "1", "2");
      lost.close(CLOSE);
      heir.consumer().close();
    }
  }

  @Test
  void consumersOfOneLinkTakeTurnsToo() throws Exception {
    Source source = Links.queue(Links.newQueue(link));
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      members.add(ordered(link, source));
    }
    send(source, 1);
    assertThat(members.get(0).texts(1)).containsExactly("0");
    members.remove(0).consumer().close();
    while (members.stream().allMatch(each -> each.received().deliveries.isEmpty())) {
      Thread.onSpinWait();
    }
    assertThat(members.stream().filter(each -> each.received().deliveries.isEmpty())).hasSize(1);
  }

  @Test
  void whoWaitsClosesAtOnceAndTakesNoTurn() throws Exception {
    Source source = Links.queue(Links.newQueue(link));
    Member first = ordered(link, source);
    Member waiting = ordered(other, source);
    long begin = System.nanoTime();
    waiting.consumer().close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Links.PATIENCE);
    first.consumer().close();
    send(source, 1);
    Member next = ordered(other, source);
    assertThat(next.texts(1)).containsExactly("0");
    assertThat(waiting.received().deliveries).isEmpty();
  }

  @Test
  void whoDoesNotKeepTheOrderIsRefusedWhileSomebodyDoes() throws Exception {
    for (Source source : sources()) {
      Member ordered = ordered(link, source);
      assertRefused(other, source, false);
      assertRefused(link, source, false);
      ordered.consumer().close();
      Member plain = open(other, source, false);
      assertRefused(link, source, true);
      send(source, 1);
      assertThat(plain.texts(1)).containsExactly("0");
      plain.consumer().close();
    }
  }

  @Test
  void whoWaitsForOneOfItsOwnLinkEndsWithTheLink() throws Exception {
    RabbitLink both = Links.open(broker.url());
    Source source = Links.queue(Links.newQueue(both));
    ordered(both, source);
    Links.Received waiting = ordered(both, source).received();
    both.close(CLOSE);
    assertThat(waiting.broken).isNotDone();
    assertThat(Thread.getAllStackTraces().values().stream().flatMap(Arrays::stream))
        .as("threads that wait for a turn")
        .noneMatch(frame -> frame.getClassName().equals(Turn.class.getName()));
  }

  @Test
  void whoCannotBeginHasNoTurn() {
    LinkRequest request = Links.request(broker.url(), Options.none(), new LinkedBlockingQueue<>());
    NativeConnection connection = new RabbitConnector(request).connect("turn");
    RabbitNames names = new RabbitNames(request.names());
    SubscriptionLocks locks = new SubscriptionLocks(connection, names);
    String missing = "turn." + UUID.randomUUID();
    Turn turn = new Turn(connection, locks, names, missing, "Consuming");
    assertThatThrownBy(turn::begin).isInstanceOf(DestinationNotFoundException.class);
    assertThat(turn.isTaken()).isFalse();
    assertThat(locks.isHeld(names.turn(missing), "Looking")).isFalse();
    connection.close(CLOSE);
  }

  @Test
  void whoWaitsHearsWhenTheQueueIsGone() throws Exception {
    Queue queue = Links.newQueue(link);
    Member first = ordered(link, Links.queue(queue));
    Member waiting = ordered(other, Links.queue(queue));
    link.delete(queue);
    assertThat(first.received().awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
    first.consumer().close();
    assertThat(waiting.received().awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
  }
}
