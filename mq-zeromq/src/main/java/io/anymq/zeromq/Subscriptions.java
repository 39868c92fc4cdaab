package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The subscriptions to one topic, or to one pattern. For the hub's thread. */
final class Subscriptions {

  private final Function<Subscription.Terms, MessageQueue> queues;
  private final Set<Subscription> all = new LinkedHashSet<>();
  private final Map<String, Subscription> named = new HashMap<>();

  Subscriptions(Function<Subscription.Terms, MessageQueue> queues) {
    this.queues = queues;
  }

  int count() {
    return all.size();
  }

  boolean has(String name) {
    return named.containsKey(name);
  }

  /** Copies a message into each; {@code topic} is named where it is not evident. */
  void add(Payload payload, @Nullable String topic) {
    all.forEach(subscription -> subscription.backlog().add(payload, topic));
  }

  /** The subscription that a new consumer asks for, made when it is not there. */
  Subscription open(Subscription.Terms terms) throws Refusal {
    Subscription there = named.get(terms.name());
    if (there != null) {
      there.admit(terms);
      return there;
    }
    return add(queues.apply(terms), terms);
  }

  /** Adds a subscription that is there from before. */
  Subscription add(MessageQueue backlog, Subscription.Terms terms) {
    Subscription fresh = new Subscription(backlog, terms);
    all.add(fresh);
    if (!terms.name().isEmpty()) {
      named.put(terms.name(), fresh);
    }
    return fresh;
  }

  /** A consumer has left; with the last one, a subscription that is not durable ends. */
  void left(Subscription subscription) {
    if (subscription.isOver() && all.remove(subscription)) {
      named.values().remove(subscription);
      subscription.backlog().destroy();
    }
  }

  /** Removes the subscription of that name; that there is none is no failure. */
  void unsubscribe(String name) throws Refusal {
    Subscription subscription = named.get(name);
    if (subscription != null) {
      subscription.requireUnused(name);
      named.remove(name);
      all.remove(subscription);
      subscription.backlog().destroy();
    }
  }

  /**
   * Drops everything.
   *
   * @return the consumers that there were
   */
  List<HubConsumer> destroy() {
    List<HubConsumer> orphans = new ArrayList<>();
    all.forEach(subscription -> orphans.addAll(subscription.backlog().destroy()));
    all.clear();
    named.clear();
    return orphans;
  }
}
