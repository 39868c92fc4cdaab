package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the hub remembers of its topics, without sockets. */
@Timeout(10)
class HubReplayTest {

  private static final int LIMIT = 100_000;
  private static final Subscription.Terms PLAIN = new Subscription.Terms("", false, false);
  private static final OpenTerms ALL = new OpenTerms(null, 0L, null, true, false);

  private final HubContent content = new HubContent(LIMIT);

  HubReplayTest() {
    content.agenda().advance(0);
  }

  private HubTopic topic(String name, int messages, long bytes) throws Refusal {
    content.histories().keep(new ReplayBounds(messages, bytes));
    content.declare(Wire.TOPIC, name);
    return content.requireTopic(name);
  }

  private static Payload message(String text, @Nullable Instant timestamp) {
    WireWriter out = new WireWriter();
    Message.Builder message = Message.text(text).toBuilder();
    if (timestamp != null) {
      message.timestamp(timestamp);
    }
    MessageCodec.encode(message.build(), out);
    return new Payload(out.copyAndClear());
  }

  private static void send(HubTopic topic, String... texts) {
    for (String text : texts) {
      topic.take(message(text, null));
    }
  }

  private static OpenTerms from(long millis) {
    return new OpenTerms(null, millis, null, true, false);
  }

  private static OpenTerms after(long position) {
    return new OpenTerms(null, null, position, true, false);
  }

  private List<Queued> replayed(HubTopic topic, OpenTerms terms) throws Refusal {
    MessageQueue backlog = topic.open(PLAIN, terms).backlog();
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, 1}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    HubConsumer consumer =
        new HubConsumer(
            session, 1, backlog, new HubConsumer.Terms(1000, false, null, true, false), () -> {});
    consumer.begin();
    content.dispatch();
    return List.copyOf(consumer.unsettled());
  }

  private static List<String> texts(List<Queued> messages) throws MalformedFrameException {
    List<String> texts = new ArrayList<>();
    for (Queued each : messages) {
      texts.add(MessageCodec.decode(new WireReader(each.payload().bytes())).text());
    }
    return texts;
  }

  private List<String> past(HubTopic topic, OpenTerms terms) throws Exception {
    return texts(replayed(topic, terms));
  }

  @Test
  void theLastOfEachTopicAreKept() throws Exception {
    HubTopic one = topic("one", 3, LIMIT);
    HubTopic two = topic("two", 3, LIMIT);
    send(one, "0", "1", "2", "3", "4");
    send(two, "a");
    assertThat(past(one, ALL)).containsExactly("2", "3", "4");
    assertThat(past(two, ALL)).containsExactly("a");
    assertThat(past(one, OpenTerms.NONE)).isEmpty();
  }

  @Test
  void theOldestOfAllTopicsGoesWhereTheBytesAreFull() throws Exception {
    HubTopic one = topic("one", 100, 500);
    HubTopic two = topic("two", 100, 500);
    send(one, "0", "1");
    send(two, "a", "b", "c");
    List<String> left = past(one, ALL);
    left.addAll(past(two, ALL));
    assertThat(left).hasSizeLessThan(5).endsWith("c");
    assertThat(List.of("0", "1", "a", "b", "c")).endsWith(left.toArray(String[]::new));
  }

  @Test
  void aQueueTakesTheMemoryOfThePast() throws Exception {
    HubTopic topic = topic("t", 1_000_000, Long.MAX_VALUE / 2);
    for (int i = 0; i < 2_000; i++) {
      send(topic, "past");
    }
    assertThat(content.memory().used()).isLessThanOrEqualTo(LIMIT).isGreaterThan(LIMIT / 2);
    Payload large = new Payload(new byte[LIMIT - 1_000]);
    assertThat(content.memory().fits(large.cost() + Queued.COST_BYTES)).isTrue();
    assertThat(content.memory().used()).isLessThan(1_000);
    assertThat(content.memory().fits(LIMIT + 1)).isFalse();
    assertThat(content.memory().used()).isZero();
    assertThat(past(topic, ALL)).isEmpty();
  }

  @Test
  void aReplayForWhichThereIsNoMemoryIsRefusedAndLeavesNothing() throws Exception {
    HubTopic topic = topic("t", 1_000, Long.MAX_VALUE / 2);
    for (int i = 0; i < 300; i++) {
      send(topic, "past");
    }
    content.memory().take(LIMIT - content.memory().used());
    assertThatThrownBy(() -> topic.open(PLAIN, ALL))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.error()).isEqualTo(WireError.QUEUE_FULL));
    assertThat(topic.subscriptions().count()).isZero();
  }

  @Test
  void whatIsTooLargeForThePastIsNotKeptAndLeavesNoGap() throws Exception {
    HubTopic topic = topic("t", 100, 1_000);
    send(topic, "0");
    topic.take(message("x".repeat(2_000), null));
    assertThat(past(topic, ALL)).isEmpty();
    send(topic, "1");
    assertThat(past(topic, ALL)).containsExactly("1");
  }

  @Test
  void aDeletedTopicHasNoPast() throws Exception {
    HubTopic topic = topic("t", 100, LIMIT);
    send(topic, "0", "1");
    content.delete(Wire.TOPIC, "t");
    assertThat(content.memory().used()).isZero();
    assertThat(past(topic("t", 100, LIMIT), ALL)).isEmpty();
  }

  @Test
  void aMomentBeginsWithTheFirstThenOrLaterAndGoesOnWithAll() throws Exception {
    HubTopic topic = topic("t", 100, LIMIT);
    for (long millis : List.of(100L, 300L, 200L, 400L)) {
      topic.take(message("" + millis, Instant.ofEpochMilli(millis)));
    }
    assertThat(past(topic, from(0))).containsExactly("100", "300", "200", "400");
    assertThat(past(topic, from(101))).containsExactly("300", "200", "400");
    assertThat(past(topic, from(400))).containsExactly("400");
    assertThat(past(topic, from(401))).isEmpty();
    assertThat(past(topic, from(Long.MIN_VALUE))).hasSize(4);
    assertThat(past(topic, from(Long.MAX_VALUE))).isEmpty();
  }

  @Test
  void aPositionBeginsBehindItAndOneOfAnotherLifeWithTheOldest() throws Exception {
    HubTopic topic = topic("t", 3, LIMIT);
    send(topic, "0", "1", "2");
    List<Queued> all = replayed(topic, ALL);
    long second = all.get(1).payload().position();
    assertThat(past(topic, after(second))).containsExactly("2");
    send(topic, "3", "4", "5");
    assertThat(past(topic, after(second))).as("after one that is gone").hasSize(3);
    assertThat(past(topic, after(1))).as("after one of a life before").hasSize(3);
    assertThat(past(topic, after(Long.MAX_VALUE))).as("after one of another hub").hasSize(3);
  }

  @Test
  void aDurableSubscriptionBeginsInThePastOnce() throws Exception {
    HubTopic topic = topic("t", 100, LIMIT);
    send(topic, "0", "1");
    Subscription.Terms durable = new Subscription.Terms("name", true, false);
    assertThat(topic.open(durable, ALL).backlog().ready()).isEqualTo(2);
    assertThat(topic.open(durable, ALL).backlog().ready()).isEqualTo(2);
  }

  @Test
  void aHubThatIsToKeepNothingKeepsNothing() throws Exception {
    HubTopic topic = topic("t", 0, LIMIT);
    send(topic, "0");
    assertThat(content.memory().used()).isZero();
    assertThat(content.histories().keepsAnything()).isFalse();
  }

  @Test
  void whatADelayedMessageIsRememberedForIsWhenItIsDue() throws Exception {
    HubTopic topic = topic("t", 100, LIMIT);
    WireWriter out = new WireWriter();
    MessageCodec.encode(
        Message.text("later").toBuilder().deliveryDelay(Duration.ofMillis(100)).build(), out);
    topic.take(new Payload(out.copyAndClear()));
    assertThat(past(topic, ALL)).isEmpty();
    content.agenda().advance(Duration.ofMillis(100).toNanos());
    assertThat(past(topic, ALL)).containsExactly("later");
  }
}
