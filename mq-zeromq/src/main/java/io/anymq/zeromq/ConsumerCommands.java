package io.anymq.zeromq;

import io.anymq.selector.Selector;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Opens and closes consumers, and settles what they hold. For the hub's thread. */
final class ConsumerCommands {

  /** A consumer may hold no more than this, whatever it asks for: it bounds what a peer can pin. */
  private static final int MAX_PREFETCH = 65_536;

  private final HubContent content;

  ConsumerCommands(HubContent content) {
    this.content = content;
  }

  void open(HubSession session, WireReader in) throws MalformedFrameException, Refusal {
    int id = in.i32();
    HubSource source = HubSource.read(in);
    long prefetch = in.u32();
    source.check();
    OpenTerms more = source.withTerms() ? OpenTerms.read(in) : OpenTerms.NONE;
    in.requireEnd();
    require(!session.consumers().containsKey(id), "Consumer " + id + " is open already");
    require(prefetch >= 1, "A prefetch is 1 or more");
    HubConsumer.Terms terms =
        new HubConsumer.Terms(
            (int) Math.min(prefetch, MAX_PREFETCH),
            source.keyOrdered(),
            selection(source, more),
            more.withPositions(),
            more.tellsHandOuts());
    HubConsumer consumer = consumer(session, id, source, terms, more);
    session.consumers().put(id, consumer);
    consumer.begin();
  }

  private static @Nullable Selection selection(HubSource source, OpenTerms terms) throws Refusal {
    Selector selector = terms.selector();
    if (selector == null) {
      return null;
    }
    if (source.kind() == Wire.FROM_QUEUE) {
      return Selection.ofQueue(selector);
    }
    if (source.isShared()) {
      throw new Refusal(
          WireError.UNSUPPORTED,
          "A shared subscription has no selector: its consumers could have different ones");
    }
    return Selection.ofSubscription(selector);
  }

  private void requireReplayable(HubSource source, OpenTerms terms) throws Refusal {
    boolean ofTopic = source.kind() != Wire.FROM_QUEUE && !source.pattern();
    if (terms.replays() && !(ofTopic && content.histories().keepsAnything())) {
      throw new Refusal(
          WireError.UNSUPPORTED,
          ofTopic
              ? "This hub remembers nothing: it was told so by replay-messages or replay-memory"
              : "One topic has a past, and neither a queue nor a pattern has");
    }
  }

  private HubConsumer consumer(
      HubSession session, int id, HubSource source, HubConsumer.Terms terms, OpenTerms more)
      throws Refusal {
    requireReplayable(source, more);
    if (source.kind() == Wire.FROM_QUEUE) {
      MessageQueue queue = content.requireQueue(source.name());
      queue.requireConsumable(session);
      return new HubConsumer(session, id, queue, terms, () -> {});
    }
    if (!source.pattern()) {
      HubTopic topic = content.requireTopic(source.name());
      Subscriptions all = topic.subscriptions();
      Subscription one = topic.open(source.terms(), more);
      return new HubConsumer(session, id, one.backlog(), terms, () -> all.left(one));
    }
    HubPattern pattern = content.pattern(source.name());
    Subscription one = pattern.subscriptions().open(source.terms());
    Runnable afterwards =
        () -> {
          pattern.subscriptions().left(one);
          content.tidy(source.name(), pattern);
        };
    return new HubConsumer(session, id, one.backlog(), terms, afterwards);
  }

  void close(HubSession session, WireReader in) throws MalformedFrameException {
    int id = in.i32();
    in.requireEnd();
    HubConsumer consumer = session.consumers().remove(id);
    if (consumer != null) {
      consumer.close(true);
    }
  }

  void settle(HubSession session, WireReader in) throws MalformedFrameException {
    HubConsumer consumer = session.consumers().get(in.i32());
    int outcome = in.u8();
    if (outcome != Wire.ACCEPT && outcome != Wire.RELEASE) {
      throw new MalformedFrameException("outcome " + outcome);
    }
    List<TagRange> ranges = BrokerCommands.ranges(in);
    in.requireEnd();
    // Of a consumer that has just been ended: what it held has gone back already.
    if (consumer != null && outcome == Wire.ACCEPT) {
      ranges.forEach(consumer::accept);
    } else if (consumer != null) {
      ranges.forEach(consumer::release);
    }
  }

  /** Commands about what a consumer holds, which stays with it. */
  void forHeld(HubSession session, WireReader in, BiConsumer<HubConsumer, TagRange> what)
      throws MalformedFrameException {
    HubConsumer consumer = session.consumers().get(in.i32());
    List<TagRange> ranges = BrokerCommands.ranges(in);
    in.requireEnd();
    if (consumer != null) {
      ranges.forEach(range -> what.accept(consumer, range));
    }
  }

  void releaseLater(HubSession session, WireReader in) throws MalformedFrameException {
    HubConsumer consumer = session.consumers().get(in.i32());
    long millis = in.i64();
    if (millis < 1) {
      throw new MalformedFrameException("a release after " + millis + " ms");
    }
    List<TagRange> ranges = BrokerCommands.ranges(in);
    in.requireEnd();
    if (consumer != null) {
      ranges.forEach(range -> consumer.releaseLater(range, millis));
    }
  }

  private static void require(boolean condition, String sentence) throws Refusal {
    if (!condition) {
      throw new Refusal(WireError.INVALID_ARGUMENT, sentence);
    }
  }
}
