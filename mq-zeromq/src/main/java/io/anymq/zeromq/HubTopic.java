package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A topic: copies what is sent into every subscription. For the hub's thread. */
final class HubTopic implements Target {

  private final Supplier<MessageQueue> queues;
  private final List<MessageQueue> plain = new ArrayList<>();
  private final Map<String, MessageQueue> durable = new LinkedHashMap<>();

  HubTopic(Supplier<MessageQueue> queues) {
    this.queues = queues;
  }

  @Override
  public int copies() {
    return plain.size() + durable.size();
  }

  @Override
  public void add(Payload payload) {
    plain.forEach(queue -> queue.add(payload));
    durable.values().forEach(queue -> queue.add(payload));
  }

  /** A subscription that lasts until {@link #end}. */
  MessageQueue subscribe() {
    MessageQueue queue = queues.get();
    plain.add(queue);
    return queue;
  }

  void end(MessageQueue subscription) {
    plain.remove(subscription);
    subscription.destroy();
  }

  /** The durable subscription of that name, made when it is not there. */
  MessageQueue durable(String name) throws Refusal {
    MessageQueue queue = durable.computeIfAbsent(name, absent -> queues.get());
    requireFree(name, queue);
    return queue;
  }

  void unsubscribe(String name) throws Refusal {
    MessageQueue queue = durable.get(name);
    if (queue != null) {
      requireFree(name, queue);
      durable.remove(name);
      queue.destroy();
    }
  }

  private static void requireFree(String name, MessageQueue queue) throws Refusal {
    if (queue.hasConsumers()) {
      throw new Refusal(
          WireError.SUBSCRIPTION_IN_USE,
          "Another consumer holds the subscription '" + name + "': close it first");
    }
  }

  /** Drops everything, for the topic is deleted. */
  List<HubConsumer> destroy() {
    List<HubConsumer> orphans = new ArrayList<>();
    plain.forEach(queue -> orphans.addAll(queue.destroy()));
    durable.values().forEach(queue -> orphans.addAll(queue.destroy()));
    plain.clear();
    durable.clear();
    return orphans;
  }
}
