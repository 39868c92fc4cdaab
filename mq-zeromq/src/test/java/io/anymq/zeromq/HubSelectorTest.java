package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.selector.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Selecting in the hub, without sockets. */
@Timeout(20)
class HubSelectorTest {

  private final HubContent content = new HubContent(1_000_000_000);
  private final MessageQueue queue;
  private int consumers;
  private long now;

  HubSelectorTest() throws Refusal {
    content.agenda().advance(now);
    content.declare(Wire.QUEUE, "q");
    queue = content.requireQueue("q");
  }

  /** Its first letter is its colour, and its key too. */
  private static byte[] encoded(String text) {
    WireWriter out = new WireWriter();
    String letter = text.substring(0, 1);
    MessageCodec.encode(
        Message.text(text).toBuilder().property("colour", letter).key(letter).build(), out);
    return out.copyAndClear();
  }

  private void send(String... texts) {
    for (String text : texts) {
      queue.take(new Payload(encoded(text)));
    }
    content.dispatch();
  }

  private HubConsumer consumer(int prefetch, boolean keyOrdered, @Nullable Selection selection) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, (byte) ++consumers}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    HubConsumer consumer =
        new HubConsumer(
            session, 1, queue, new HubConsumer.Terms(prefetch, keyOrdered, selection), () -> {});
    consumer.begin();
    content.dispatch();
    return consumer;
  }

  private HubConsumer taking(int prefetch, String letters) {
    return consumer(prefetch, false, Selection.ofQueue(in(letters)));
  }

  private static Selector in(String letters) {
    return Selector.parse("colour IN ('" + String.join("', '", letters.split("")) + "')");
  }

  private static List<String> held(HubConsumer consumer) throws MalformedFrameException {
    List<String> texts = new ArrayList<>();
    for (Queued each : consumer.unsettled()) {
      texts.add(MessageCodec.decode(new WireReader(each.payload().bytes())).text());
    }
    return texts;
  }

  private void accept(HubConsumer consumer, long tag) {
    consumer.accept(new TagRange(tag, 1));
    content.dispatch();
  }

  /** Time passes until nobody is still looking. */
  private void lookThrough() {
    content.dispatch();
    while (content.agenda().untilNext(now) != Long.MAX_VALUE) {
      now += content.agenda().untilNext(now);
      content.agenda().advance(now);
      content.dispatch();
    }
  }

  @Test
  void whatIsPassedOverStaysInItsPlace() throws Exception {
    send("a0", "b0", "a1", "c0", "a2", "b1");
    HubConsumer b = taking(1, "b");
    assertThat(held(b)).containsExactly("b0");
    accept(b, 1);
    assertThat(held(b)).containsExactly("b1");
    b.close(false);
    send("a3");
    HubConsumer all = consumer(10, false, null);
    assertThat(held(all)).containsExactly("a0", "a1", "c0", "a2", "b1", "a3");
    assertThat(all.unsettled()).extracting(Queued::deliveryCount).containsExactly(1, 1, 1, 1, 2, 1);
  }

  @Test
  void whatComesBackIsLookedAtAgainAndTheRestIsNot() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      send("a" + i);
    }
    send("b0");
    HubConsumer a = taking(1, "a");
    HubConsumer b = taking(1, "b");
    lookThrough();
    assertThat(held(b)).containsExactly("b0");
    long begun = System.nanoTime();
    for (int tag = 1; tag <= 5_000; tag++) {
      b.release(new TagRange(tag, 1));
      content.dispatch();
      assertThat(held(b)).containsExactly("b0");
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun))
        .as("seconds for 5,000 releases behind 2,000 others")
        .isLessThan(5);
    assertThat(held(a)).containsExactly("a0");
  }

  @Test
  void aLongBacklogIsLookedThroughInSlices() throws Exception {
    for (int i = 0; i < 40_000; i++) {
      queue.take(new Payload(encoded("a" + i)));
    }
    send("b0");
    HubConsumer b = taking(1, "b");
    assertThat(held(b)).as("what one slice finds behind 40,000 others").isEmpty();
    assertThat(content.agenda().untilNext(now)).as("when it goes on").isPositive();
    HubConsumer all = consumer(1, false, null);
    assertThat(held(all)).as("what another gets meanwhile").containsExactly("a0");
    lookThrough();
    assertThat(held(b)).containsExactly("b0");
    assertThat(queue.ready()).isEqualTo(39_999);
  }

  /** Who uses up each slice does not keep the others who select from ever having one. */
  @Test
  void oneWhoLooksForLongLeavesTheNextSliceToAnother() throws Exception {
    for (int i = 0; i < 40_000; i++) {
      queue.take(new Payload(encoded("a" + i)));
    }
    HubConsumer none = taking(1, "x");
    HubConsumer a = taking(1, "a");
    for (int slices = 0; slices < 2 && held(a).isEmpty(); slices++) {
      now += content.agenda().untilNext(now);
      content.agenda().advance(now);
      content.dispatch();
    }
    assertThat(held(a)).containsExactly("a0");
    assertThat(held(none)).isEmpty();
  }

  @Test
  void howeverMuchComesBeforeWhatItHasLookedAtItIsFound() throws Exception {
    content.declareQueue("p", new QueueTerms(true, 0));
    MessageQueue prioritized = content.requireQueue("p");
    HubConsumer b =
        new HubConsumer(
            consumer(1, false, null).session(),
            2,
            prioritized,
            new HubConsumer.Terms(1, false, Selection.ofQueue(in("b"))),
            () -> {});
    b.begin();
    prioritized.take(new Payload(encoded("b0")));
    content.dispatch();
    assertThat(held(b)).containsExactly("b0");
    for (int i = 0; i < 3_000; i++) {
      prioritized.take(new Payload(urgent(i == 1_500 ? "b1" : "a" + i)));
    }
    prioritized.take(new Payload(encoded("b2")));
    b.accept(new TagRange(1, 1));
    lookThrough();
    assertThat(held(b)).containsExactly("b1");
    b.accept(new TagRange(2, 1));
    lookThrough();
    assertThat(held(b)).containsExactly("b2");
  }

  private static byte[] urgent(String text) {
    WireWriter out = new WireWriter();
    Message message = Message.text(text);
    MessageCodec.encode(
        message.toBuilder().property("colour", text.substring(0, 1)).priority(9).build(), out);
    return out.copyAndClear();
  }

  @Test
  void aKeyIsInOrderForThoseWhoSelectIt() throws Exception {
    send("a0", "b0", "a1", "b1");
    HubConsumer b = consumer(10, true, Selection.ofQueue(in("b")));
    HubConsumer both = consumer(10, true, Selection.ofQueue(in("ab")));
    assertThat(held(b)).containsExactly("b0");
    assertThat(held(both)).containsExactly("a0");
    accept(b, 1);
    accept(both, 1);
    List<String> second = new ArrayList<>(held(b));
    second.addAll(held(both));
    assertThat(second).containsExactlyInAnyOrder("a1", "b1");
  }

  @Test
  void aMessageThatNobodyThereSelectsDoesNotHoldUpItsKey() throws Exception {
    HubConsumer all = consumer(1, true, null);
    send("a0", "a1", "a2");
    assertThat(held(all)).containsExactly("a0");
    HubConsumer last =
        consumer(10, true, Selection.ofQueue(Selector.parse("colour = 'a' AND JMSXGroupID = 'a'")));
    all.close(false);
    content.dispatch();
    assertThat(held(last)).containsExactly("a0");
    last.close(false);
    HubConsumer none = consumer(10, true, Selection.ofQueue(in("x")));
    assertThat(held(none)).isEmpty();
    assertThat(queue.ready()).isEqualTo(3);
    assertThat(held(consumer(10, false, null))).containsExactly("a0");
  }

  @Test
  void aSubscriptionDropsWhatItsConsumerDoesNotSelect() throws Exception {
    send("a0", "b0");
    HubConsumer b = consumer(1, false, Selection.ofSubscription(in("b")));
    send("a1", "b1", "a2");
    assertThat(held(b)).containsExactly("b0");
    assertThat(queue.ready()).isEqualTo(1);
    b.close(false);
    send("a3");
    assertThat(held(consumer(10, false, null))).containsExactly("b0", "b1", "a3");
  }

  @Test
  void nothingIsKeptOfWhatIsGone() throws Exception {
    long before = content.memory().used();
    HubConsumer b = taking(1, "b");
    send("a0", "b0", "b1");
    b.release(new TagRange(1, 1));
    content.dispatch();
    queue.purge();
    accept(b, 2);
    assertThat(held(b)).isEmpty();
    assertThat(content.memory().used()).isEqualTo(before);
    send("b2");
    assertThat(held(b)).containsExactly("b2");
  }

  @Test
  void whatCannotBeReadIsForThoseWhoTakeEverything() throws Exception {
    HubConsumer absent = consumer(10, false, Selection.ofQueue(Selector.parse("colour IS NULL")));
    queue.take(new Payload(new byte[] {7, 7, 7}));
    content.dispatch();
    assertThat(absent.unsettled()).isEmpty();
    assertThat(consumer(10, false, null).unsettled()).hasSize(1);
  }
}
