package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A topic: copies what is sent into every subscription, its own and those of patterns that match.
 * For the hub's thread.
 */
final class HubTopic implements Target {

  private final String name;
  private final Subscriptions subscriptions;
  private final WaitingRoom waiting;
  private final TopicHistory history;
  private final DestinationLog log;
  private final List<HubPattern> patterns = new ArrayList<>();

  HubTopic(
      String name,
      WaitingRoom waiting,
      TopicHistory history,
      DestinationLog log,
      Function<Subscription.Terms, MessageQueue> queues) {
    this.history = history;
    this.name = name;
    this.log = log;
    this.waiting = waiting;
    this.subscriptions = new Subscriptions(queues);
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** Its own subscription that a consumer asks for; one that is new may begin in the past. */
  Subscription open(Subscription.Terms terms, OpenTerms more) throws Refusal {
    boolean fresh = !subscriptions.has(terms.name());
    Subscription subscription = subscriptions.open(terms);
    if (fresh) {
      history.replay(more, payload -> subscription.backlog().add(payload, null));
    }
    return subscription;
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
  public DestinationLog log() {
    return log;
  }

  @Override
  public WaitingRoom waiting() {
    return waiting;
  }

  @Override
  public void add(Payload payload) {
    history.sent(payload);
    subscriptions.add(payload, null);
    patterns.forEach(pattern -> pattern.subscriptions().add(payload, name));
  }

  /** Drops its own subscriptions, for the topic is deleted; those of patterns stay. */
  List<HubConsumer> destroy() {
    log.deleted();
    waiting.close();
    history.clear();
    return subscriptions.destroy();
  }
}
