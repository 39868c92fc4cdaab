package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Queues, topics and subscriptions. Guarded by the broker's lock. */
final class MemoryStore {

  /** A subscription; a plain one has a key of its own that nobody else can ask for. */
  private record Subscription(
      Object key, Source source, Predicate<Topic> matches, Source.Terms terms, MemoryQueue queue) {}

  private final Map<String, MemoryQueue> queues = new HashMap<>();
  private final Set<String> topics = new HashSet<>();
  private final Map<Object, Subscription> subscriptions = new HashMap<>();
  private final TopicPast past = new TopicPast();
  private final Set<Stored> delayed = new HashSet<>();
  private final Consumer<Runnable> underLock;
  private long nextPosition;

  /**
   * Makes an empty store.
   *
   * @param underLock runs something under the broker's lock
   */
  MemoryStore(Consumer<Runnable> underLock) {
    this.underLock = underLock;
  }

  void declare(Destination destination, QueueOptions options) {
    if (destination instanceof Queue) {
      MemoryQueue there = queues.get(destination.name());
      if (there == null) {
        queues.put(destination.name(), new MemoryQueue(options));
      } else {
        there.requireSame(destination, options);
      }
    } else {
      topics.add(destination.name());
    }
  }

  boolean exists(Destination destination) {
    return destination instanceof Queue
        ? queues.containsKey(destination.name())
        : topics.contains(destination.name());
  }

  /** Deletes, and returns the consumers that have lost what they consumed. */
  List<MemoryConsumer> delete(Destination destination) {
    if (destination instanceof Queue) {
      MemoryQueue queue = queues.remove(destination.name());
      return queue == null ? List.of() : List.copyOf(queue.consumers());
    }
    topics.remove(destination.name());
    past.forget((Topic) destination);
    List<MemoryConsumer> orphans = new ArrayList<>();
    for (Iterator<Subscription> all = subscriptions.values().iterator(); all.hasNext(); ) {
      Subscription subscription = all.next();
      if (subscription.source() instanceof Source.OfTopic of && of.topic().equals(destination)) {
        orphans.addAll(subscription.queue().consumers());
        all.remove();
      }
    }
    return orphans;
  }

  MemoryQueue queue(Queue queue) {
    MemoryQueue found = queues.get(queue.name());
    if (found == null) {
      throw notFound(queue);
    }
    return found;
  }

  void publish(Destination destination, MemoryRecord record) {
    requireRoom(destination);
    Stored stored = new Stored(nextPosition++, destination, record);
    if (stored.delay.isZero()) {
      arrive(stored);
    } else {
      later(stored.delay, stored, this::arriveLater);
    }
  }

  /** Does something with a message after a while, unless it is forgotten meanwhile. */
  void later(Duration delay, Stored stored, Consumer<Stored> action) {
    delayed.add(stored);
    MemoryClock.after(
        delay,
        () ->
            underLock.accept(
                () -> {
                  if (delayed.remove(stored)) {
                    action.accept(stored);
                  }
                }));
  }

  /** It goes behind what was sent meanwhile; where its queue is gone, nowhere. */
  private void arriveLater(Stored stored) {
    if (exists(stored.destination)) {
      arrive(new Stored(nextPosition++, stored.destination, stored.record));
    }
  }

  private void arrive(Stored stored) {
    if (stored.destination instanceof Queue queue) {
      queue(queue).add(stored);
      return;
    }
    past.add((Topic) stored.destination, stored);
    for (Subscription subscription : subscriptions.values()) {
      if (subscription.matches().test((Topic) stored.destination)) {
        subscription.queue().add(stored.copy());
      }
    }
  }

  /** Throws what {@link #publish} would throw. */
  void requireRoom(Destination destination) {
    if (!exists(destination)) {
      throw notFound(destination);
    }
    if (destination instanceof Queue queue && queue(queue).full()) {
      throw new QueueFullException(
          destination.describe() + " is full; send again when there is room");
    }
  }

  /** The queue behind a source; makes the subscription if it is not there. */
  MemoryQueue open(Source source) {
    if (source instanceof Source.OfQueue of) {
      return queue(of.queue());
    }
    Subscription wanted = wanted(source);
    List<Stored> replayed =
        source instanceof Source.OfTopic of ? past.replay(of.topic(), of.terms()) : List.of();
    Subscription there = subscriptions.putIfAbsent(wanted.key(), wanted);
    if (there == null) {
      replayed.forEach(each -> wanted.queue().add(each.copy()));
    }
    MemoryQueue queue = (there == null ? wanted : there).queue();
    boolean taken =
        queue.consumers().stream().anyMatch(other -> !wanted.terms().shared() || other.isAlone());
    if (taken) {
      throw inUse(wanted.terms().name().orElse(""));
    }
    return queue;
  }

  /** A consumer of a source has gone: what is not durable ends with its last consumer. */
  void left(MemoryQueue queue) {
    if (queue.consumers().isEmpty()) {
      subscriptions
          .values()
          .removeIf(each -> each.queue().equals(queue) && !each.terms().durable());
    }
  }

  void unsubscribe(Topic topic, String name) {
    unsubscribe(key(topic), name);
  }

  void unsubscribe(TopicPattern pattern, String name) {
    unsubscribe(key(pattern), name);
  }

  private void unsubscribe(String source, String name) {
    Object key = key(source, name);
    Subscription subscription = subscriptions.get(key);
    if (subscription != null && !subscription.queue().consumers().isEmpty()) {
      throw inUse(name);
    }
    subscriptions.remove(key);
  }

  void forgetTransient() {
    delayed.removeIf(stored -> !stored.persistent);
    past.forgetTransient();
    queues.values().forEach(MemoryQueue::forgetTransient);
    subscriptions.values().forEach(each -> each.queue().forgetTransient());
  }

  private static Subscription wanted(Source source) {
    if (source instanceof Source.OfTopic of) {
      Object key = key(key(of.topic()), of.terms().name().orElse(""));
      return subscription(key, source, of.topic()::equals, of.terms());
    }
    Source.OfPattern of = (Source.OfPattern) source;
    Object key = key(key(of.pattern()), of.terms().name().orElse(""));
    return subscription(key, source, of.pattern()::matches, of.terms());
  }

  private static Subscription subscription(
      Object key, Source source, Predicate<Topic> matches, Source.Terms terms) {
    return new Subscription(key, source, matches, terms, new MemoryQueue(QueueOptions.DEFAULT));
  }

  private static String key(Topic topic) {
    return "topic:" + topic.name();
  }

  private static String key(TopicPattern pattern) {
    return "pattern:" + pattern.expression();
  }

  private static Object key(String source, String name) {
    return name.isEmpty() ? new Object() : List.of(source, name);
  }

  private static DestinationNotFoundException notFound(Destination destination) {
    return new DestinationNotFoundException(
        destination.describe() + " does not exist; declare it, or let the options create it");
  }

  private static MessagingException inUse(String name) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        "Subscription '%s' is held by another consumer; close that one first".formatted(name));
  }
}
