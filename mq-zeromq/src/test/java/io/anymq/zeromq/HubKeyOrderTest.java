package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of keys in the hub, without sockets. */
@Timeout(10)
class HubKeyOrderTest {

  private final HubContent content = new HubContent(1_000_000);
  private final MessageQueue queue;
  private int consumers;

  HubKeyOrderTest() throws Refusal {
    content.agenda().advance(0);
    content.declare(Wire.QUEUE, "q");
    queue = content.requireQueue("q");
  }

  private static byte[] encoded(String key, String text) {
    WireWriter out = new WireWriter();
    Message plain = Message.text(text);
    MessageCodec.encode(
        key.isEmpty() ? plain : plain.toBuilder().correlationId("c").key(key).build(), out);
    return out.copyAndClear();
  }

  private void send(String... texts) {
    for (String text : texts) {
      queue.take(new Payload(encoded(text.substring(0, 1), text)));
    }
    content.dispatch();
  }

  private HubConsumer consumer(int prefetch, boolean keyOrdered) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, (byte) ++consumers}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    HubConsumer.Terms terms = new HubConsumer.Terms(prefetch, keyOrdered, null);
    HubConsumer consumer = new HubConsumer(session, 1, queue, terms, () -> {});
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

  private void accept(HubConsumer consumer, long tag) {
    consumer.accept(new TagRange(tag, 1));
    content.dispatch();
  }

  @Test
  void oneOfEachKeyIsOutAndTheRestIsReady() throws Exception {
    send("a0", "a1", "a2", "b0", "b1");
    HubConsumer first = consumer(1, true);
    HubConsumer second = consumer(10, true);
    assertThat(held(first)).containsExactly("a0");
    assertThat(held(second)).containsExactly("b0");
    assertThat(queue.ready()).isEqualTo(3);
    accept(first, 1);
    assertThat(held(first)).isEmpty();
    assertThat(held(second)).containsExactly("b0", "a1");
    accept(second, 1);
    accept(second, 2);
    assertThat(queue.ready()).isZero();
  }

  @Test
  void whatACrashGivesBackComesFirst() throws Exception {
    HubConsumer first = consumer(10, true);
    send("a0", "a1", "b0");
    first.close(false);
    HubConsumer second = consumer(10, true);
    assertThat(held(second)).containsExactly("a0", "b0");
  }

  @Test
  void whatWaitsForItsRedeliveryHoldsItsKeyThoughItsConsumerHasGone() throws Exception {
    HubConsumer first = consumer(10, true);
    send("a0", "a1");
    first.releaseLater(new TagRange(1, 1), 100);
    first.close(false);
    HubConsumer second = consumer(10, true);
    assertThat(held(second)).isEmpty();
    content.agenda().advance(Duration.ofMillis(100).toNanos());
    content.dispatch();
    assertThat(held(second)).containsExactly("a0");
    accept(second, 1);
    assertThat(held(second)).containsExactly("a1");
  }

  @Test
  void aPlainConsumerKeepsTheOrderWhileOneAsksForIt() throws Exception {
    HubConsumer plain = consumer(1, false);
    send("a0", "a1", "a2");
    HubConsumer keyed = consumer(1, true);
    assertThat(held(plain)).containsExactly("a0");
    assertThat(held(keyed)).isEmpty();
    keyed.close(false);
    HubConsumer other = consumer(10, false);
    assertThat(held(other)).containsExactly("a1", "a2");
  }

  @Test
  void whatWaitsIsBrowsedInOrderAndPurged() throws Exception {
    consumer(10, true);
    send("a0", "a1", "b0", "a2", "b1");
    WireWriter page = new WireWriter();
    queue.browse(BrowsePlace.START, page);
    byte[] bytes = page.copyAndClear();
    WireReader in = new WireReader(bytes);
    in.i64();
    List<String> seen = new ArrayList<>();
    while (in.remaining() > 0) {
      in.u8();
      in.i64();
      seen.add(MessageCodec.decode(in.slice(in.length())).text());
    }
    assertThat(seen).containsExactly("a1", "a2", "b1");
    assertThat(queue.purge()).isEqualTo(3);
    assertThat(queue.ready()).isZero();
    content.delete(Wire.QUEUE, "q").forEach(HubConsumer::orphan);
    assertThat(content.memory().used()).isZero();
  }

  @Test
  void aKeyIsReadWhateverStandsBeforeIt() {
    Message message =
        Message.text("x").toBuilder()
            .timeToLive(Duration.ofDays(1))
            .deliveryDelay(Duration.ofMillis(1))
            .id("id")
            .correlationId("")
            .type("type")
            .key("kéy")
            .build();
    WireWriter out = new WireWriter();
    MessageCodec.encode(message, out);
    byte[] bytes = out.copyAndClear();
    assertThat(new Payload(bytes).key()).isEqualTo(ByteBuffer.wrap(MessageCodec.utf8("kéy")));
    assertThat(new Payload(encoded("", "x")).key()).isNull();
    int behindKey = bytes.length - 1 - Integer.BYTES;
    for (int length = 0; length < behindKey; length++) {
      assertThat(new Payload(Arrays.copyOf(bytes, length)).key()).isNull();
    }
  }
}
