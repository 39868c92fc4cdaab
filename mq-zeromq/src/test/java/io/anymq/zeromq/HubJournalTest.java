package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub with a data directory still knows after its end. */
@Timeout(30)
class HubJournalTest {

  @TempDir private Path directory;

  private KeptHub hub;

  @BeforeEach
  void open() {
    hub = new KeptHub(directory.resolve("hub"));
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private void end(boolean inOrder) {
    if (inOrder) {
      hub.restart();
    } else {
      hub.crash();
    }
  }

  private static Payload message(int priority, String text) {
    return KeptHub.payload(Message.text(text).toBuilder().priority(priority).build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aQueueKeepsItsMessagesInOrder(boolean inOrder) throws Exception {
    KeptHub.send(hub.queue("q"), "a", "b", "c");
    end(inOrder);
    assertThat(hub.texts("q")).containsExactly("a", "b", "c");
    KeptHub.send(hub.queue("q"), "d");
    end(inOrder);
    end(inOrder);
    assertThat(hub.texts("q")).containsExactly("a", "b", "c", "d");
  }

  @Test
  void queuesKeepTheirTerms() throws Exception {
    hub.content().declareQueue("p", new QueueTerms(true, 0));
    hub.content().declareQueue("b", new QueueTerms(false, 2));
    MessageQueue byPriority = hub.content().requireQueue("p");
    byPriority.take(message(2, "low"));
    byPriority.take(message(7, "high"));
    byPriority.take(message(2, "low too"));
    KeptHub.send(hub.content().requireQueue("b"), "one", "two");
    hub.crash();
    assertThat(hub.texts("p")).containsExactly("high", "low", "low too");
    hub.content().requireQueue("p").take(message(7, "high too"));
    assertThat(hub.texts("p")).containsExactly("high", "high too", "low", "low too");
    assertThatThrownBy(() -> hub.content().requireQueue("b").requireRoom(1))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> hub.content().declareQueue("b", QueueTerms.DEFAULT))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void whatIsNotPersistentOrTemporaryGoes() throws Exception {
    MessageQueue queue = hub.queue("q");
    queue.take(KeptHub.payload(Message.text("light").toBuilder().persistent(false).build()));
    KeptHub.send(queue, "heavy");
    KeptHub.send(hub.content().declareTemporary("tmp.1"), "reply");
    hub.restart();
    assertThat(hub.texts("q")).containsExactly("heavy");
    assertThat(hub.content().find(Wire.QUEUE, "tmp.1")).isNull();
  }

  @Test
  void durableSubscriptionsGoOnCollecting() throws Exception {
    HubTopic topic = hub.topic("a.b");
    Subscription.Terms terms = new Subscription.Terms("keeper", true, false);
    topic.subscriptions().open(terms);
    topic.subscriptions().open(new Subscription.Terms("sharers", true, true));
    topic.subscriptions().open(new Subscription.Terms("", false, false));
    hub.content().pattern("a.#").subscriptions().open(terms);
    KeptHub.send(topic, "one");
    hub.crash();
    KeptHub.send(hub.topic("a.b"), "two");
    KeptHub.send(hub.topic("a.c"), "three");
    hub.restart();
    Subscriptions ofTopic = hub.topic("a.b").subscriptions();
    assertThat(ofTopic.count()).isEqualTo(2);
    assertThat(KeptHub.texts(ofTopic.open(terms).backlog())).containsExactly("one", "two");
    MessageQueue ofPattern = hub.content().pattern("a.#").subscriptions().open(terms).backlog();
    assertThat(KeptHub.texts(ofPattern)).containsExactly("one", "two", "three");
    List<String> topics = new ArrayList<>();
    hub.consume(ofPattern, 10).unsettled().forEach(each -> topics.add(each.topic()));
    assertThat(topics).containsExactly("a.b", "a.b", "a.c");
  }

  @Test
  void whatWasRemovedDoesNotComeAgain() throws Exception {
    MessageQueue queue = hub.queue("q");
    KeptHub.send(queue, "a", "b", "c");
    KeptHub.send(hub.queue("gone"), "x");
    HubTopic topic = hub.topic("t");
    topic.subscriptions().open(new Subscription.Terms("one", true, false));
    topic.subscriptions().open(new Subscription.Terms("two", true, false));
    KeptHub.send(topic, "y");
    hub.crash();
    hub.content().requireQueue("q").purge();
    hub.content().delete(Wire.QUEUE, "gone");
    hub.content().unsubscribe("t", "one");
    hub.crash();
    assertThat(hub.texts("q")).isEmpty();
    assertThat(hub.content().find(Wire.QUEUE, "gone")).isNull();
    assertThat(hub.topic("t").subscriptions().count()).isEqualTo(1);
    hub.content().delete(Wire.TOPIC, "t");
    KeptHub.send(hub.queue("gone"), "new");
    hub.crash();
    assertThat(hub.content().find(Wire.TOPIC, "t")).isNull();
    assertThat(hub.texts("gone")).containsExactly("new");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deliveriesAreCountedOverTheEnd(boolean inOrder) throws Exception {
    KeptHub.send(hub.queue("q"), "a", "b", "c");
    HubConsumer consumer = hub.consume(hub.queue("q"), 2);
    hub.write();
    consumer.release(new TagRange(1, 1));
    hub.content().dispatch();
    end(inOrder);
    List<Queued> held = List.copyOf(hub.consume(hub.queue("q"), 3).unsettled());
    assertThat(held).extracting(Queued::deliveryCount).containsExactly(3, 2, 1);
    end(inOrder);
    held = List.copyOf(hub.consume(hub.queue("q"), 3).unsettled());
    assertThat(held).extracting(Queued::deliveryCount).containsExactly(4, 3, 2);
  }

  @Test
  void whatWasAcceptedOutOfOrderDoesNotComeAgain() throws Exception {
    KeptHub.send(hub.queue("q"), "a", "b", "c", "d", "e");
    HubConsumer consumer = hub.consume(hub.queue("q"), 5);
    hub.write();
    consumer.accept(new TagRange(4, 1));
    consumer.accept(new TagRange(2, 1));
    consumer.accept(new TagRange(3, 1));
    hub.crash();
    assertThat(hub.texts("q")).containsExactly("a", "e");
  }

  @Test
  void whatWaitsForItsTimeGoesOnWaiting() throws Exception {
    Instant then = Instant.parse("2026-01-01T00:00:00Z");
    Message later = Message.text("later").toBuilder().deliveryDelay(Duration.ofSeconds(10)).build();
    KeptHub before = new KeptHub(KeptHub.settings(directory, 1_000, then));
    MessageQueue queue = before.queue("q");
    queue.take(KeptHub.payload(later));
    before.topic("t").take(KeptHub.payload(later));
    before.topic("t").subscriptions().open(new Subscription.Terms("s", true, false));
    before.write();
    before.content().storage().abandon();
    Instant now = then.plusSeconds(8);
    try (KeptHub after = new KeptHub(KeptHub.settings(directory, 1_000, now))) {
      MessageQueue same = after.queue("q");
      long left = after.content().agenda().untilNext(System.nanoTime());
      assertThat(Duration.ofNanos(left))
          .isBetween(Duration.ofMillis(1_500), Duration.ofMillis(2_002));
      assertThat(same.ready()).isZero();
      after.content().agenda().advance(System.nanoTime() + Duration.ofSeconds(3).toNanos());
      assertThat(same.ready()).isEqualTo(1);
      after.crash();
      assertThat(after.texts("q")).containsExactly("later");
      assertThat(after.queue("q").waiting().count()).isZero();
      Subscriptions all = after.topic("t").subscriptions();
      MessageQueue backlog = all.open(new Subscription.Terms("s", true, false)).backlog();
      assertThat(KeptHub.texts(backlog)).containsExactly("later");
      assertThat(after.topic("t").waiting().count()).isZero();
    }
  }

  /** A replay puts messages that are written already into one more subscription. */
  @Test
  void whatADurableSubscriptionGotOfThePastIsKept() throws Exception {
    hub.content().histories().keep(new ReplayBounds(100, 1_000_000));
    HubTopic topic = hub.topic("t");
    MessageQueue first =
        topic.subscriptions().open(new Subscription.Terms("1", true, false)).backlog();
    KeptHub.send(topic, "a", "b");
    hub.write();
    Payload sent = hub.consume(first, 1).unsettled().iterator().next().payload();
    MessageQueue second =
        topic.subscriptions().open(new Subscription.Terms("2", true, false)).backlog();
    second.add(sent, null);
    hub.crash();
    MessageQueue after =
        hub.topic("t").subscriptions().open(new Subscription.Terms("2", true, false)).backlog();
    assertThat(KeptHub.texts(after)).containsExactly("a");
    Payload kept = hub.consume(after, 1).unsettled().iterator().next().payload();
    assertThat(kept.position()).isEqualTo(sent.position()).isPositive();
  }

  @Test
  void whatWaitsGoesWithItsDestination() throws Exception {
    Message later = Message.text("x").toBuilder().deliveryDelay(Duration.ofDays(1)).build();
    hub.queue("q").take(KeptHub.payload(later));
    hub.topic("t").take(KeptHub.payload(later));
    hub.crash();
    assertThat(hub.queue("q").waiting().count()).isEqualTo(1);
    hub.content().delete(Wire.QUEUE, "q");
    hub.content().delete(Wire.TOPIC, "t");
    hub.crash();
    assertThat(hub.queue("q").waiting().count()).isZero();
    assertThat(hub.content().agenda().untilNext(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsKeptCostsNothingWhenItIsGone() throws Exception {
    KeptHub.send(hub.queue("q"), "a", "b");
    hub.topic("t").subscriptions().open(new Subscription.Terms("s", true, false));
    KeptHub.send(hub.topic("t"), "c");
    long before = hub.content().memory().used();
    hub.crash();
    assertThat(hub.content().memory().used()).isEqualTo(before);
    hub.consume(hub.queue("q"), 10).accept(new TagRange(1, 2));
    hub.content().delete(Wire.TOPIC, "t");
    assertThat(hub.content().memory().used()).isZero();
  }

  @Test
  void positionsGoOnBehindThoseOfALifeWhoseClockWasAhead() throws Exception {
    HubTopic topic = hub.topic("t");
    topic.subscriptions().open(new Subscription.Terms("s", true, false));
    long ahead = Long.MAX_VALUE / 2;
    hub.content().histories().beginBehind(ahead);
    KeptHub.send(topic, "a");
    hub.crash();
    assertThat(hub.content().histories().knows(ahead + 1)).isTrue();
  }
}
