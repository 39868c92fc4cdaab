package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the hub does with messages that expire, without sockets; expiries are times of the wall. */
@Timeout(20)
class HubExpiryTest {

  private static final Duration SOON = Duration.ofSeconds(1);

  private final HubContent content = new HubContent(1_000_000);

  HubExpiryTest() {
    tick();
  }

  private void tick() {
    content.agenda().advance(System.nanoTime());
    content.dispatch();
  }

  private void tickUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
      tick();
    }
  }

  private MessageQueue queue(QueueTerms terms) throws Refusal {
    content.declareQueue("q", terms);
    return content.requireQueue("q");
  }

  private static Payload message(String text, @Nullable Instant expiry, @Nullable String key) {
    WireWriter out = new WireWriter();
    Message.Builder message = Message.text(text).toBuilder().key(key);
    if (expiry != null) {
      message.timeToLive(SOON).expiresAt(expiry);
    }
    MessageCodec.encode(message.build(), out);
    return new Payload(out.copyAndClear());
  }

  private static Payload dies(String text) {
    return message(text, Instant.now().plus(SOON), null);
  }

  private static Payload lives(String text) {
    return message(text, null, null);
  }

  private HubConsumer consumer(MessageQueue queue, int prefetch, boolean keyOrdered) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, 1}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    HubConsumer consumer =
        new HubConsumer(
            session, 1, queue, new HubConsumer.Terms(prefetch, keyOrdered, null), () -> {});
    consumer.begin();
    content.dispatch();
    return consumer;
  }

  private static List<String> held(HubConsumer consumer) throws MalformedFrameException {
    List<String> texts = new ArrayList<>();
    for (Queued each : consumer.unsettled()) {
      texts.add(MessageCodec.decode(new WireReader(each.payload().bytes())).text());
    }
    return texts;
  }

  @Test
  void whatExpiresLeavesFromBetweenOthersWithItsCost() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    queue.take(lives("0"));
    long before = content.memory().used();
    queue.take(dies("1"));
    queue.take(dies("2"));
    assertThat(queue.ready()).isEqualTo(3);
    tickUntil(() -> queue.ready() == 1);
    assertThat(content.memory().used()).isEqualTo(before);
    queue.take(lives("3"));
    assertThat(held(consumer(queue, 10, false))).containsExactly("0", "3");
    assertThat(content.agenda().untilNext(0)).as("left in the agenda").isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void orderIsKeptWithThoseThatDoNotExpire() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    Instant far = Instant.now().plusSeconds(3600);
    for (int i = 0; i < 6; i++) {
      queue.take(message("" + i, i % 2 == 0 ? null : far, null));
    }
    assertThat(held(consumer(queue, 10, false))).containsExactly("0", "1", "2", "3", "4", "5");
    assertThat(content.agenda().untilNext(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsHeldStaysAndGoesWhenItComesBack() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    HubConsumer consumer = consumer(queue, 10, false);
    Instant expiry = Instant.now().plus(SOON);
    queue.take(message("0", expiry, null));
    content.dispatch();
    tickUntil(() -> Instant.now().isAfter(expiry));
    assertThat(queue.inFlight()).isEqualTo(1);
    consumer.release(new TagRange(1, 1));
    content.dispatch();
    assertThat(queue.inFlight()).isZero();
    assertThat(queue.ready()).isZero();
    assertThat(content.memory().used()).isZero();
  }

  @Test
  void whatHasExpiredBeforeItComesIsNotKept() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    queue.take(message("0", Instant.now().minusSeconds(1), null));
    assertThat(queue.ready()).isZero();
    assertThat(content.memory().used()).isZero();
  }

  @Test
  void whatExpiresMakesRoomInABoundedQueueAndGoesFromAPrioritizedOne() throws Exception {
    MessageQueue queue = queue(new QueueTerms(true, 1));
    queue.take(dies("0"));
    tickUntil(() -> queue.ready() == 0);
    queue.requireRoom(1);
  }

  @Test
  void whatWaitsForItsKeyExpiresToo() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    HubConsumer consumer = consumer(queue, 10, true);
    queue.take(message("0", null, "k"));
    queue.take(message("1", Instant.now().plus(SOON), "k"));
    queue.take(message("2", null, "k"));
    content.dispatch();
    assertThat(queue.ready()).isEqualTo(2);
    tickUntil(() -> queue.ready() == 1);
    consumer.accept(new TagRange(1, 1));
    content.dispatch();
    assertThat(held(consumer)).containsExactly("2");
  }

  @Test
  void whatExpiresBeforeItIsTakenDoesNotHoldUpItsKey() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    HubConsumer consumer = consumer(queue, 2, true);
    queue.take(message("0", null, "k"));
    queue.take(message("1", Instant.now().plus(SOON), "k"));
    queue.take(message("2", null, "k"));
    queue.take(message("other", null, "x"));
    content.dispatch();
    assertThat(held(consumer)).containsExactly("0", "other");
    HubConsumer late = consumer(queue, 1, true);
    queue.take(message("last", null, "y"));
    content.dispatch();
    assertThat(held(late)).containsExactly("last");
    consumer.close(false);
    content.dispatch();
    tickUntil(() -> queue.ready() == 3);
    late.accept(new TagRange(1, 1));
    content.dispatch();
    assertThat(held(late)).containsExactly("0");
    late.accept(new TagRange(2, 1));
    content.dispatch();
    assertThat(held(late)).containsExactly("2");
  }

  @Test
  void whatIsPurgedIsNotWatchedAnyMore() throws Exception {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    queue.take(dies("0"));
    assertThat(queue.purge()).isEqualTo(1);
    assertThat(content.agenda().untilNext(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(content.memory().used()).isZero();
  }
}
