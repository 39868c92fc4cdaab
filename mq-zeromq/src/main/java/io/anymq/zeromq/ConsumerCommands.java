package io.anymq.zeromq;

import java.util.List;

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
    int source = in.u8();
    String name = in.text();
    String subscription = in.text();
    long prefetch = in.u32();
    in.requireEnd();
    require(!session.consumers().containsKey(id), "Consumer " + id + " is open already");
    require(prefetch >= 1, "A prefetch is 1 or more");
    require(
        subscription.isEmpty() == (source != Wire.FROM_DURABLE_SUBSCRIPTION),
        "A durable subscription has a name, and nothing else has");
    HubConsumer consumer =
        consumer(session, id, source, name, subscription, (int) Math.min(prefetch, MAX_PREFETCH));
    session.consumers().put(id, consumer);
    consumer.begin();
  }

  private HubConsumer consumer(
      HubSession session, int id, int source, String name, String subscription, int prefetch)
      throws Refusal {
    switch (source) {
      case Wire.FROM_QUEUE -> {
        return new HubConsumer(session, id, content.requireQueue(name), prefetch, () -> {});
      }
      case Wire.FROM_DURABLE_SUBSCRIPTION -> {
        MessageQueue backlog = content.requireTopic(name).durable(subscription);
        return new HubConsumer(session, id, backlog, prefetch, () -> {});
      }
      case Wire.FROM_SUBSCRIPTION -> {
        HubTopic topic = content.requireTopic(name);
        MessageQueue backlog = topic.subscribe();
        return new HubConsumer(session, id, backlog, prefetch, () -> topic.end(backlog));
      }
      default ->
          throw new Refusal(WireError.UNSUPPORTED, "This hub knows no kind of source " + source);
    }
  }

  void close(HubSession session, WireReader in) throws MalformedFrameException {
    int id = in.i32();
    in.requireEnd();
    HubConsumer consumer = session.consumers().remove(id);
    if (consumer != null) {
      consumer.close();
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
    if (consumer != null) {
      ranges.forEach(range -> consumer.settle(outcome, range));
    }
  }

  private static void require(boolean condition, String sentence) throws Refusal {
    if (!condition) {
      throw new Refusal(WireError.INVALID_ARGUMENT, sentence);
    }
  }
}
