package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A topic: copies what is sent into every subscription, its own and those of patterns that match.
 * For the hub's thread.
 */
final class HubTopic implements Target {

  private final String name;
  private final Subscriptions subscriptions;
  private final WaitingRoom waiting;
  private final List<HubPattern> patterns = new ArrayList<>();

  HubTopic(String name, WaitingRoom waiting, Supplier<MessageQueue> queues) {
    this.name = name;
    this.waiting = waiting;
    this.subscriptions = new Subscriptions(queues);
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** Lets a pattern hear what is sent here, if it means this topic. */
  void offer(HubPattern pattern) {
    if (pattern.matches(name)) {
      patterns.add(pattern);
    }
  }

  void leave(HubPattern pattern) {
    patterns.remove(pattern);
  }

  @Override
  public int copies() {
    int copies = subscriptions.count();
    for (HubPattern pattern : patterns) {
      copies += pattern.subscriptions().count();
    }
    return copies;
  }

  @Override
  public WaitingRoom waiting() {
    return waiting;
  }

  @Override
  public void add(Payload payload) {
    subscriptions.add(payload, null);
    patterns.forEach(pattern -> pattern.subscriptions().add(payload, name));
  }

  /** Drops its own subscriptions, for the topic is deleted; those of patterns stay. */
  List<HubConsumer> destroy() {
    waiting.close();
    return subscriptions.destroy();
  }
}
