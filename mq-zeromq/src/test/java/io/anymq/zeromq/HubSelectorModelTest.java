package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.selector.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever happens to a queue with selecting consumers: nobody holds what he does not select,
 * nothing is lost, and nobody has room while something that he may have is ready.
 */
@Timeout(60)
class HubSelectorModelTest {

  private static final String[] SELECTORS = {
    "colour = 'a'", "colour IN ('a', 'b')", "colour <> 'c'", "weight > 5", "colour = 'x'", ""
  };

  private final HubContent content = new HubContent(100_000_000);
  private final List<HubConsumer> consumers = new ArrayList<>();
  private final Map<HubConsumer, String> selectors = new HashMap<>();
  private final Map<HubConsumer, Integer> prefetches = new HashMap<>();
  private MessageQueue queue;
  private long now;
  private int live;
  private int sent;

  HubSelectorModelTest() throws Refusal {
    content.declare(Wire.QUEUE, "q");
    queue = content.requireQueue("q");
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void holds(boolean prioritized, boolean keyed) throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      begin(prioritized, seed);
      Random random = new Random(seed);
      for (int step = 0; step < 400; step++) {
        step(random, keyed);
        settle();
        check(keyed);
      }
    }
  }

  private void begin(boolean prioritized, int seed) throws Refusal {
    content.agenda().advance(now);
    content.declareQueue("q" + seed, new QueueTerms(prioritized, 0));
    queue = content.requireQueue("q" + seed);
    consumers.clear();
    live = 0;
  }

  private void step(Random random, boolean keyed) {
    int what = random.nextInt(20);
    if (what < 9) {
      send(random);
    } else if (what < 11 && consumers.size() < 5) {
      open(random, keyed);
    } else if (what < 12 && !consumers.isEmpty()) {
      HubConsumer leaving = consumers.remove(random.nextInt(consumers.size()));
      leaving.close(false);
    } else if (what < 19 && !consumers.isEmpty()) {
      settleOne(random, consumers.get(random.nextInt(consumers.size())));
    } else if (random.nextInt(10) == 0) {
      live -= queue.purge();
    }
  }

  private void send(Random random) {
    WireWriter out = new WireWriter();
    String colour = List.of("a", "b", "c").get(random.nextInt(3));
    Message.Builder message =
        Message.text("" + sent++).toBuilder()
            .property("colour", colour)
            .property("weight", random.nextInt(10))
            .priority(random.nextInt(10))
            .key(random.nextBoolean() ? "k" + random.nextInt(3) : null);
    MessageCodec.encode(message.build(), out);
    queue.take(new Payload(out.copyAndClear()));
    live++;
  }

  private void open(Random random, boolean keyed) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, 1}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    String selector = SELECTORS[random.nextInt(SELECTORS.length)];
    int prefetch = 1 + random.nextInt(3);
    Selection selection = selector.isEmpty() ? null : Selection.ofQueue(Selector.parse(selector));
    HubConsumer consumer =
        new HubConsumer(
            session, 1, queue, new HubConsumer.Terms(prefetch, keyed, selection), () -> {});
    selectors.put(consumer, selector);
    prefetches.put(consumer, prefetch);
    consumers.add(consumer);
    consumer.begin();
  }

  private void settleOne(Random random, HubConsumer consumer) {
    List<Queued> held = List.copyOf(consumer.unsettled());
    if (held.isEmpty()) {
      return;
    }
    for (long tag = 1; tag < 10_000; tag++) {
      TagRange range = new TagRange(tag, 1);
      if (consumer.holds(range)) {
        if (random.nextInt(3) == 0) {
          consumer.release(range);
        } else {
          consumer.accept(range);
          live--;
        }
        return;
      }
    }
  }

  private void settle() {
    content.dispatch();
    while (content.wantsDispatch() || content.agenda().untilNext(now) != Long.MAX_VALUE) {
      if (content.agenda().untilNext(now) != Long.MAX_VALUE) {
        now += Math.max(0, content.agenda().untilNext(now));
        content.agenda().advance(now);
      }
      content.dispatch();
    }
  }

  private void check(boolean keyed) throws Exception {
    int held = consumers.stream().mapToInt(consumer -> consumer.unsettled().size()).sum();
    assertThat(queue.inFlight()).isEqualTo(held);
    assertThat(queue.ready() + held).as("what is there").isEqualTo(live);
    Set<String> keysOut = new HashSet<>();
    for (HubConsumer consumer : consumers) {
      for (Queued each : consumer.unsettled()) {
        Message message = MessageCodec.decodeHead(each.payload().bytes());
        assertThat(selects(consumer, message)).as(selectors.get(consumer)).isTrue();
        if (keyed && message.key().isPresent()) {
          assertThat(keysOut.add(message.key().get())).as("one of a key at a time").isTrue();
        }
      }
    }
    for (Message ready : ready()) {
      boolean mayGo = !keyed || ready.key().filter(keysOut::contains).isEmpty();
      for (HubConsumer consumer : consumers) {
        boolean room = consumer.unsettled().size() < prefetches.getOrDefault(consumer, 0);
        assertThat(room && mayGo && selects(consumer, ready))
            .as("'%s' waits although %s is ready", selectors.get(consumer), ready)
            .isFalse();
      }
    }
  }

  private boolean selects(HubConsumer consumer, Message message) {
    String selector = selectors.getOrDefault(consumer, "");
    return selector.isEmpty() || Selector.parse(selector).matches(message);
  }

  private List<Message> ready() throws MalformedFrameException {
    List<Message> all = new ArrayList<>();
    BrowsePlace place = BrowsePlace.START;
    int before;
    do {
      before = all.size();
      WireWriter out = new WireWriter();
      queue.browse(place, out);
      WireReader in = new WireReader(out.copyAndClear());
      long end = in.i64();
      while (in.remaining() > 0) {
        place = new BrowsePlace(end, in.u8(), in.i64());
        all.add(MessageCodec.decodeHead(in.copy(in.length())));
      }
    } while (all.size() > before);
    assertThat(all).as("what a look shows").hasSize(queue.ready());
    return all;
  }
}
