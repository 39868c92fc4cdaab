package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Source;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns what is to be consumed into native queues. Safe for use by several threads. */
final class RabbitSubscriptions {

  /** How often a queue is made that others take away in that moment. */
  private static final int ATTEMPTS = 5;

  private final RabbitTopology topology;
  private final SubscriptionLocks locks;
  private final NativeConnection connection;
  private final Optional<RabbitStreams> streams;

  RabbitSubscriptions(
      RabbitTopology topology,
      SubscriptionLocks locks,
      NativeConnection connection,
      Optional<RabbitStreams> streams) {
    this.streams = streams;
    this.topology = topology;
    this.locks = locks;
    this.connection = connection;
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

  /**
   * Makes what has to be made; a subscription keeps messages from then on.
   *
   * @param keyOrdered whether it is to be consumed by one at a time
   */
  RabbitSource source(Source source, boolean keyOrdered) {
    if (source instanceof Source.OfQueue of) {
      Optional<QueueKind> kind = kind(of.queue());
      return ordered(queue(of, kind, keyOrdered), kind.orElse(QueueKind.UNKNOWN), keyOrdered);
    }
    if (source instanceof Source.OfTopic of) {
      boolean plain = !of.terms().durable() && !of.terms().shared();
      if (plain && streams.isPresent()) {
        return streams.get().source(of.topic(), of.terms());
      }
      return subscription(subject(of.topic()), of.terms(), keyOrdered);
    }
    Source.OfPattern of = (Source.OfPattern) source;
    return subscription(subject(of.pattern()), of.terms(), keyOrdered);
  }

  /** Any queue can be consumed; of one that is not known nothing is expected. */
  private Optional<QueueKind> kind(Queue queue) {
    Optional<QueueKind> kind = known(queue);
    topology.check(queue, kind.orElse(QueueKind.UNKNOWN));
    return kind;
  }

  private Optional<QueueKind> known(Queue queue) {
    try {
      return topology.kind(queue);
    } catch (InvalidDestinationException e) {
      NativeConnection.LOG.debug("Consuming from {}, of whatever kind", queue, e);
      return Optional.empty();
    }
  }

  private RabbitSource queue(Source.OfQueue of, Optional<QueueKind> kind, boolean keyOrdered) {
    return new RabbitSource(
        topology.names().queue(of.queue()),
        of.queue().describe(),
        key -> of.queue(),
        kind.filter(QueueKind::countsDeliveries).isPresent(),
        false,
        upkeep(of.queue(), kind, keyOrdered),
        () -> {});
  }

  /**
   * A queue with a limit would hold up what is due for it; one that is not known may have one. One
   * that gives turns by itself could give the next to another consumer than that which is to take
   * the place of the one before.
   */
  private RabbitSource.Upkeep upkeep(Queue queue, Optional<QueueKind> kind, boolean keyOrdered) {
    if (topology.isTemporary(queue)) {
      return RabbitSource.Upkeep.PLACES;
    }
    if (kind.isPresent() && !kind.get().limited() && !(keyOrdered && kind.get().givesTurns())) {
      return RabbitSource.Upkeep.HAND_OUTS_AND_DELAYS;
    }
    return kind.filter(QueueKind::isClassic).isPresent()
        ? RabbitSource.Upkeep.HAND_OUTS_AND_PLACES
        : RabbitSource.Upkeep.HAND_OUTS;
  }

  /** Has several consumers of one source either all keep the order of keys, or none of them. */
  private RabbitSource ordered(RabbitSource source, QueueKind kind, boolean keyOrdered) {
    String doing = "Consuming from " + source.origin();
    if (!keyOrdered) {
      RabbitSource open = source.inNoOrder();
      requireNoOrder(open);
      return open;
    }
    Turn turn = new Turn(connection, locks, topology.names(), source.queue(), doing);
    turn.begin();
    return source.atTurn(turn, Ending.inOrder(kind.isClassic()));
  }

  /**
   * Sees to it that nobody consumes a source in the order of keys.
   *
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE}
   */
  void requireNoOrder(RabbitSource source) {
    String doing = "Consuming from " + source.origin();
    if (source.contested() && locks.isHeld(topology.names().turn(source.queue()), doing)) {
      throw orderedByOthers(doing, null);
    }
  }

  private static MessagingException orderedByOthers(String doing, @Nullable Throwable cause) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        doing
            + " failed: it has consumers that keep the order of keys, and one that does not would"
            + " break it; ask for that order here too, or close those first",
        cause);
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
        topic.describe(),
        key -> topic,
        name -> names.subscription(topic, name),
        name -> names.sharedSubscription(topic, name),
        names.plainSubscription(topic),
        queue -> topology.bind(topic, queue));
  }

  private Subject subject(TopicPattern pattern) {
    RabbitNames names = topology.names();
    return new Subject(
        "topics '" + pattern.expression() + "'",
        Portable::topicOfKey,
        name -> names.subscription(pattern, name),
        name -> names.sharedSubscription(pattern, name),
        names.plainSubscription(pattern),
        queue -> topology.bind(pattern, queue));
  }

  private RabbitSource subscription(Subject subject, Source.Terms terms, boolean keyOrdered) {
    if (terms.durable()) {
      RabbitSource durable = durable(subject, terms);
      return terms.shared() || keyOrdered ? orderedOrReleased(durable, keyOrdered) : durable;
    }
    return terms.shared()
        ? shared(subject, terms.name().orElseThrow(), keyOrdered)
        : plain(subject);
  }

  private RabbitSource orderedOrReleased(RabbitSource source, boolean keyOrdered) {
    try {
      return ordered(source, topology.ordinary(), keyOrdered);
    } catch (RuntimeException e) {
      source.release();
      throw e;
    }
  }

  private RabbitSource plain(Subject subject) {
    String queue = subject.plain();
    topology.declarePlainSubscription(queue, "Subscribing to " + subject.origin());
    RabbitSource plain =
        source(subject, queue, false, false, RabbitSource.Upkeep.NOTHING, () -> {});
    try {
      subject.binder().accept(queue);
    } catch (RuntimeException e) {
      abandon(plain);
      throw e;
    }
    return plain;
  }

  /**
   * A consumer could not be opened. The queue of a plain subscription goes with its first consumer,
   * and would collect until the connection ends where there has been none.
   */
  void abandon(RabbitSource source) {
    source.release();
    if (source.isPlainSubscription()) {
      try {
        topology.deleteQueue(source.queue(), "Deleting " + source.queue());
      } catch (MessagingException e) {
        NativeConnection.LOG.debug("{} goes with its connection", source.queue(), e);
      }
    }
  }

  /** Its queue is made for the one order or the other, and goes with the last of its consumers. */
  private RabbitSource shared(Subject subject, String name, boolean keyOrdered) {
    String queue = subject.shared().apply(name);
    makeShared(
        subject, queue, keyOrdered, "Subscribing '%s' to %s".formatted(name, subject.origin()));
    RabbitSource shared =
        source(subject, queue, false, true, RabbitSource.Upkeep.HAND_OUTS_AND_PLACES, () -> {});
    return keyOrdered ? shared.inOrder() : shared;
  }

  /** Its last consumer may take it away before it is bound. */
  private void makeShared(Subject subject, String queue, boolean keyOrdered, String doing) {
    for (int attempt = 1; ; attempt++) {
      declareShared(queue, keyOrdered, doing);
      try {
        subject.binder().accept(queue);
        return;
      } catch (DestinationNotFoundException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        NativeConnection.LOG.debug("{}: the queue has gone before it was bound", doing, e);
      }
    }
  }

  private void declareShared(String queue, boolean keyOrdered, String doing) {
    try {
      topology.declareSharedSubscription(queue, keyOrdered, doing);
    } catch (MessagingException e) {
      throw QueueKinds.isOfAnotherKind(e) ? otherOrder(doing, keyOrdered, e) : e;
    }
  }

  private static MessagingException otherOrder(
      String doing, boolean keyOrdered, MessagingException cause) {
    return keyOrdered
        ? new MessagingException(
            ErrorCode.SUBSCRIPTION_IN_USE,
            doing
                + " in the order of keys failed: it has consumers that do not keep that order;"
                + " close those first",
            cause)
        : orderedByOthers(doing, cause);
  }

  private RabbitSource durable(Subject subject, Source.Terms terms) {
    String name = terms.name().orElseThrow();
    String queue = subject.durable().apply(name);
    String doing = "Subscribing '%s' to %s".formatted(name, subject.origin());
    Runnable releaser = terms.shared() ? locks.share(queue, doing) : locks.holdAlone(queue, doing);
    try {
      topology.declareDurableSubscription(queue, doing);
      subject.binder().accept(queue);
      topology.checkSubscription(
          "subscription '%s' of %s".formatted(name, subject.origin()), queue);
    } catch (RuntimeException e) {
      releaser.run();
      throw e;
    }
    return source(
        subject,
        queue,
        topology.subscriptionsCountDeliveries(),
        false,
        RabbitSource.Upkeep.HAND_OUTS_AND_DELAYS,
        releaser);
  }

  private static RabbitSource source(
      Subject subject,
      String queue,
      boolean releases,
      boolean vanishes,
      RabbitSource.Upkeep upkeep,
      Runnable releaser) {
    return new RabbitSource(
        queue, subject.origin(), subject.destination(), releases, vanishes, upkeep, releaser);
  }
}
