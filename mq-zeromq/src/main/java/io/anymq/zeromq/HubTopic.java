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
  private final HubMemory memory;
  private final Storage storage;
  private final List<HubPattern> patterns = new ArrayList<>();

  HubTopic(
      String name,
      WaitingRoom waiting,
      TopicHistory history,
      DestinationLog log,
      HubMemory memory,
      Storage storage,
      Function<Subscription.Terms, MessageQueue> queues) {
    this.history = history;
    this.name = name;
    this.log = log;
    this.memory = memory;
    this.storage = storage;
    this.waiting = waiting;
    this.subscriptions = new Subscriptions(queues);
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** Its own subscription that a consumer asks for; one that is new may begin in the past. */
  Subscription open(Subscription.Terms terms, OpenTerms more) throws Refusal {
    List<Payload> past = new ArrayList<>();
    if (!subscriptions.has(terms.name())) {
      history.replay(more, past::add);
    }
    // To make room the hub may forget the past: what is asked for of it must not go meanwhile.
    past.forEach(payload -> payload.hold(memory));
    try {
      requireRoom(past, terms.durable());
      Subscription subscription = subscriptions.open(terms);
      past.forEach(payload -> subscription.backlog().add(payload, null));
      return subscription;
    } finally {
      past.forEach(payload -> payload.letGo(memory));
    }
  }

  private void requireRoom(List<Payload> past, boolean durable) throws Refusal {
    long cost = 0;
    for (Payload payload : past) {
      cost += Queued.COST_BYTES + (durable ? storage.cost(payload) : 0);
    }
    if (!memory.fits(cost)) {
      throw memory.full();
    }
    for (Payload payload : past) {
      if (durable && payload.isPersistent()) {
        storage.requireRoom(payload.bytes().length);
      }
    }
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
