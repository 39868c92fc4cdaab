package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.selector.Selector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However much there is to look through: the hub does it in slices, and other work between. */
@Timeout(60)
class HubFairnessTest {

  private static final int QUEUES = 200;
  private static final int BACKLOG = 100;

  private static final byte[] PASSED_OVER = encoded("a", "key");
  private static final byte[] SELECTED = encoded("b", "key");

  private final HubContent content = new HubContent(1_000_000_000);
  private final List<ByteBuffer> answers = new ArrayList<>();
  private final Broker broker =
      new Broker(
          new HubSettings(1_000_000_000, 1_024, Duration.ofSeconds(1), ReplayBounds.NONE),
          content,
          (peer, frame) -> {
            answers.add(frame.buf());
            return Outlet.Sent.YES;
          });
  private long now;

  private static byte[] encoded(String colour, String key) {
    WireWriter out = new WireWriter();
    MessageCodec.encode(
        Message.text(colour).toBuilder().property("colour", colour).key(key).build(), out);
    return out.copyAndClear();
  }

  private MessageQueue queue(String name, int passedOver) throws Refusal {
    content.declare(Wire.QUEUE, name);
    MessageQueue queue = content.requireQueue(name);
    for (int i = 0; i < passedOver; i++) {
      queue.take(new Payload(PASSED_OVER));
    }
    return queue;
  }

  private static HubConsumer consumer(
      MessageQueue queue, int prefetch, boolean keyOrdered, @Nullable String selector) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, 2}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    Selection selection = selector == null ? null : Selection.ofQueue(Selector.parse(selector));
    HubConsumer consumer =
        new HubConsumer(
            session, 1, queue, new HubConsumer.Terms(prefetch, keyOrdered, selection), () -> {});
    consumer.begin();
    return consumer;
  }

  private void nextSlice() {
    now += Math.max(0, content.agenda().untilNext(now));
    broker.flush(now);
  }

  /** Time passes until nobody is still looking; tells in how many slices. */
  private int lookThrough() {
    int slices = 0;
    while (content.agenda().untilNext(now) != Long.MAX_VALUE) {
      nextSlice();
      slices++;
    }
    return slices;
  }

  private static long served(List<HubConsumer> consumers) {
    return consumers.stream().filter(each -> !each.unsettled().isEmpty()).count();
  }

  /** As after a restart, when all who select are there again at once. */
  @Test
  void aDepthIsToldWhileHundredsOfQueuesAreLookedThrough() throws Exception {
    List<HubConsumer> consumers = new ArrayList<>();
    for (int i = 0; i < QUEUES; i++) {
      MessageQueue queue = queue("q" + i, BACKLOG);
      queue.take(new Payload(SELECTED));
      consumers.add(consumer(queue, 1, false, "colour = 'b'"));
    }
    PeerId peer = new PeerId(new byte[] {0, 0, 0, 0, 1});
    broker.receive(peer, RawPeer.hello(1, 1), now);
    broker.receive(peer, depthOf("q7"), now);
    broker.flush(now);
    assertThat(opcodes()).as("what it answers").containsExactly(Wire.WELCOME, Wire.OK);
    assertThat(served(consumers) * BACKLOG)
        .as("messages looked at before it answers")
        .isLessThanOrEqualTo(Slice.MOST_STEPS);
    lookThrough();
    assertThat(served(consumers)).as("served in the end").isEqualTo(QUEUES);
  }

  private static byte[] depthOf(String queue) {
    return RawPeer.command(
        RawPeer.DEPTH,
        out -> {
          out.writeInt(1);
          RawPeer.text(out, queue);
        });
  }

  private List<Integer> opcodes() {
    List<Integer> opcodes = new ArrayList<>();
    for (ByteBuffer frame : answers) {
      while (frame.hasRemaining()) {
        opcodes.add((int) frame.get());
        frame.get();
        frame.position(frame.position() + 4 + frame.getInt(frame.position()));
      }
    }
    return opcodes;
  }

  /** A long backlog does not keep short ones waiting until it has been looked through. */
  @Test
  void whoHasLittleToLookThroughIsServedBeforeWhoHasMuch() throws Exception {
    MessageQueue large = queue("large", 20 * Slice.MOST_STEPS);
    large.take(new Payload(SELECTED));
    MessageQueue small = queue("small", 10);
    small.take(new Payload(SELECTED));
    HubConsumer ofLarge = consumer(large, 1, false, "colour = 'b'");
    HubConsumer ofSmall = consumer(small, 1, false, "colour = 'b'");
    broker.flush(now);
    while (ofSmall.unsettled().isEmpty()) {
      assertThat(ofLarge.unsettled()).as("served before who has little").isEmpty();
      nextSlice();
    }
    assertThat(ofLarge.unsettled()).isEmpty();
    lookThrough();
    assertThat(ofLarge.unsettled()).hasSize(1);
  }

  @Test
  void whatWaitsForItsKeyIsPutAsideInSlicesForThoseWhoSelectIt() throws Exception {
    assertThatItIsPutAsideInSlices("colour IN ('a', 'b')");
  }

  @Test
  void whatWaitsForItsKeyIsPutAsideInSlicesForThoseWhoTakeEverything() throws Exception {
    assertThatItIsPutAsideInSlices(null);
  }

  private void assertThatItIsPutAsideInSlices(@Nullable String selector) throws Exception {
    int slices = 5;
    MessageQueue queue = queue("q", slices * Slice.MOST_STEPS);
    queue.take(new Payload(encoded("b", "another key")));
    HubConsumer consumer = consumer(queue, 2, true, selector);
    broker.flush(now);
    assertThat(consumer.unsettled()).as("what one slice reaches").hasSize(1);
    assertThat(lookThrough()).as("further slices").isGreaterThanOrEqualTo(slices - 1);
    assertThat(consumer.unsettled()).as("one of each key").hasSize(2);
    assertThat(queue.ready()).isEqualTo(slices * Slice.MOST_STEPS - 1);
  }
}
