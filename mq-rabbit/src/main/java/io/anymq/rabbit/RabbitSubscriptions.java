package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Source;
import java.util.function.Consumer;
import java.util.function.Function;

/** Turns what is to be consumed into native queues. Safe for use by several threads. */
final class RabbitSubscriptions {

  private final RabbitTopology topology;
  private final SubscriptionLocks locks;

  RabbitSubscriptions(RabbitTopology topology, SubscriptionLocks locks) {
    this.topology = topology;
    this.locks = locks;
  }

  /**
   * What subscriptions to one topic, or to one pattern, are on the broker.
   *
   * @param origin the topic or the pattern
   * @param destination the topic of a message, by its routing key
   * @param durable the queue of a durable subscription, by its name
   * @param shared the queue of a shared one that is not durable, by its name
   * @param plain a new queue for a plain one
   * @param binder binds a queue
   */
  private record Subject(
      String origin,
      Function<String, Destination> destination,
      Function<String, String> durable,
      Function<String, String> shared,
      String plain,
      Consumer<String> binder) {}

  /** Makes what has to be made; a subscription keeps messages from then on. */
  RabbitSource source(Source source) {
    if (source instanceof Source.OfQueue of) {
      boolean counts = topology.kind(of.queue()).filter(QueueKind::countsDeliveries).isPresent();
      return RabbitSource.of(topology.names().queue(of.queue()), of.queue(), counts, () -> {});
    }
    if (source instanceof Source.OfTopic of) {
      return subscription(subject(of.topic()), of.terms());
    }
    Source.OfPattern of = (Source.OfPattern) source;
    return subscription(subject(of.pattern()), of.terms());
  }

  /** Removes a durable subscription with its backlog. */
  void unsubscribe(Topic topic, String name) {
    unsubscribe(subject(topic), name);
  }

  /** Removes a durable subscription to a pattern with its backlog. */
  void unsubscribe(TopicPattern pattern, String name) {
    unsubscribe(subject(pattern), name);
  }

  private void unsubscribe(Subject subject, String name) {
    String queue = subject.durable().apply(name);
    String doing = "Unsubscribing '%s' from %s".formatted(name, subject.origin());
    Runnable releaser = locks.holdAlone(queue, doing);
    try {
      topology.deleteQueue(queue, doing);
    } finally {
      releaser.run();
    }
  }

  private Subject subject(Topic topic) {
    RabbitNames names = topology.names();
    return new Subject(
        topic.toString(),
        key -> topic,
        name -> names.subscription(topic, name),
        name -> names.sharedSubscription(topic, name),
        names.plainSubscription(topic),
        queue -> topology.bind(topic, queue));
  }

  private Subject subject(TopicPattern pattern) {
    RabbitNames names = topology.names();
    return new Subject(
        pattern.toString(),
        Portable::topicOfKey,
        name -> names.subscription(pattern, name),
        name -> names.sharedSubscription(pattern, name),
        names.plainSubscription(pattern),
        queue -> topology.bind(pattern, queue));
  }

  private RabbitSource subscription(Subject subject, Source.Terms terms) {
    if (terms.durable()) {
      return durable(subject, terms);
    }
    return terms.shared() ? shared(subject, terms.name().orElseThrow()) : plain(subject);
  }

  private RabbitSource plain(Subject subject) {
    String queue = subject.plain();
    topology.declarePlainSubscription(queue, "Subscribing to " + subject.origin());
    subject.binder().accept(queue);
    return source(subject, queue, false, false, () -> {});
  }

  private RabbitSource shared(Subject subject, String name) {
    String queue = subject.shared().apply(name);
    topology.declareSharedSubscription(queue, "Subscribing to " + subject.origin());
    subject.binder().accept(queue);
    return source(subject, queue, false, true, () -> {});
  }

  private RabbitSource durable(Subject subject, Source.Terms terms) {
    String name = terms.name().orElseThrow();
    String queue = subject.durable().apply(name);
    String doing = "Subscribing '%s' to %s".formatted(name, subject.origin());
    Runnable releaser = terms.shared() ? locks.share(queue, doing) : locks.holdAlone(queue, doing);
    try {
      topology.declareDurableSubscription(queue, doing);
      subject.binder().accept(queue);
    } catch (RuntimeException e) {
      releaser.run();
      throw e;
    }
    return source(subject, queue, topology.subscriptionsCountDeliveries(), false, releaser);
  }

  private static RabbitSource source(
      Subject subject, String queue, boolean releases, boolean vanishes, Runnable releaser) {
    return new RabbitSource(
        queue, subject.origin(), subject.destination(), releases, vanishes, releaser);
  }
}
