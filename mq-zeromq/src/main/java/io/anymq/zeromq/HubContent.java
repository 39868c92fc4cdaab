package io.anymq.zeromq;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a hub keeps: queues and topics with their messages. It outlives the hub's threads and
 * sockets where the hub is inside a JVM. For one thread at a time.
 */
final class HubContent {

  private final HubMemory memory;
  private final Histories histories;
  private final Storage storage;
  private final Agenda agenda = new Agenda();
  private final Map<String, MessageQueue> queues = new HashMap<>();
  private final Map<String, HubTopic> topics = new HashMap<>();
  private final Map<String, HubPattern> patterns = new HashMap<>();
  private final Dispatcher dispatcher = new Dispatcher(agenda);

  /** A content that goes with the process. */
  HubContent(long memoryLimit) {
    this(new HubMemory(memoryLimit), Storage.NONE);
  }

  /**
   * A content that is kept.
   *
   * @param storage is told of everything that is to outlive the process
   */
  HubContent(HubMemory memory, Storage storage) {
    this.memory = memory;
    this.storage = storage;
    this.histories = new Histories(memory);
  }

  Storage storage() {
    return storage;
  }

  HubMemory memory() {
    return memory;
  }

  /** What it remembers of its topics. */
  Histories histories() {
    return histories;
  }

  /** What is to happen at a time of its own. */
  Agenda agenda() {
    return agenda;
  }

  /** Hands messages to consumers wherever both have come together, as far as a slice goes. */
  void dispatch() {
    dispatcher.dispatch();
  }

  boolean wantsDispatch() {
    return dispatcher.isWanted();
  }

  @Nullable Target find(int kind, String name) {
    return kind == Wire.QUEUE ? queues.get(name) : topics.get(name);
  }

  Target require(int kind, String name) throws Refusal {
    Target target = find(kind, name);
    if (target == null) {
      throw missing(kind, name);
    }
    return target;
  }

  MessageQueue requireQueue(String name) throws Refusal {
    return (MessageQueue) require(Wire.QUEUE, name);
  }

  HubTopic requireTopic(String name) throws Refusal {
    return (HubTopic) require(Wire.TOPIC, name);
  }

  /** Removes a durable subscription; that there is none, or no such topic, is no failure. */
  void unsubscribe(String topic, String name) throws Refusal {
    HubTopic there = topics.get(topic);
    if (there != null) {
      there.subscriptions().unsubscribe(name);
    }
  }

  /** Removes a durable subscription to a pattern; that there is none is no failure. */
  void unsubscribePattern(String expression, String name) throws Refusal {
    HubPattern pattern = patterns.get(expression);
    if (pattern != null) {
      pattern.subscriptions().unsubscribe(name);
      tidy(expression, pattern);
    }
  }

  /** What all topics that match send to; topics that come later too. */
  HubPattern pattern(String expression) throws Refusal {
    HubPattern there = patterns.get(expression);
    if (there != null) {
      return there;
    }
    HubPattern pattern =
        HubPattern.of(expression, terms -> newBacklog(Wire.OF_PATTERN, expression, terms));
    patterns.put(expression, pattern);
    topics.values().forEach(topic -> topic.offer(pattern));
    return pattern;
  }

  /** Forgets a pattern to which nobody subscribes any more. */
  void tidy(String expression, HubPattern pattern) {
    if (pattern.subscriptions().count() == 0 && patterns.remove(expression, pattern)) {
      topics.values().forEach(topic -> topic.leave(pattern));
    }
  }

  void declare(int kind, String name) throws Refusal {
    requireName(name);
    if (kind == Wire.QUEUE) {
      queues.computeIfAbsent(name, absent -> newQueue(name, QueueTerms.DEFAULT));
    } else {
      topics.computeIfAbsent(name, this::newTopic);
    }
  }

  /** Makes a queue on terms of its own; one that is there must be on the same. */
  void declareQueue(String name, QueueTerms terms) throws Refusal {
    requireName(name);
    MessageQueue queue = queues.computeIfAbsent(name, absent -> newQueue(name, terms));
    if (!queue.terms().equals(terms)) {
      throw new Refusal(
          WireError.INVALID_ARGUMENT,
          "queue '%s' exists with %s; asked for %s"
              .formatted(name, queue.terms().describe(), terms.describe()));
    }
  }

  /**
   * Deletes a destination with all its messages.
   *
   * @return the consumers that it had
   */
  List<HubConsumer> delete(int kind, String name) {
    if (kind == Wire.QUEUE) {
      MessageQueue queue = queues.remove(name);
      return queue == null ? List.of() : queue.destroy();
    }
    HubTopic topic = topics.remove(name);
    return topic == null ? List.of() : topic.destroy();
  }

  /** Makes a queue that goes with a session. */
  MessageQueue declareTemporary(String name) throws Refusal {
    requireName(name);
    MessageQueue queue = newQueue(QueueTerms.DEFAULT, DestinationLog.NONE);
    queues.put(name, queue);
    return queue;
  }

  /** A queue is here from before. */
  MessageQueue restoreQueue(String name, QueueTerms terms, DestinationLog log) {
    MessageQueue queue = newQueue(terms, log);
    queues.put(name, queue);
    return queue;
  }

  /** A topic is here from before. */
  HubTopic restoreTopic(String name, DestinationLog log) {
    HubTopic topic = newTopic(name, log);
    topics.put(name, topic);
    return topic;
  }

  /** A durable subscription is here from before; its topic is, too. */
  MessageQueue restoreSubscription(
      boolean toPattern, String source, String name, DestinationLog log) {
    try {
      Subscriptions all =
          toPattern ? pattern(source).subscriptions() : requireTopic(source).subscriptions();
      MessageQueue backlog = newQueue(QueueTerms.DEFAULT, log);
      all.add(backlog, new Subscription.Terms(name, true, false));
      return backlog;
    } catch (Refusal e) {
      throw new IllegalStateException("A subscription without what it is to: " + e.sentence(), e);
    }
  }

  private HubTopic newTopic(String name) {
    return newTopic(name, storage.topic(name));
  }

  private HubTopic newTopic(String name, DestinationLog log) {
    HubTopic topic =
        new HubTopic(
            name,
            newWaitingRoom(),
            histories.ofTopic(),
            log,
            memory,
            storage,
            terms -> newBacklog(Wire.TOPIC, name, terms));
    patterns.values().forEach(topic::offer);
    return topic;
  }

  private MessageQueue newBacklog(int kind, String source, Subscription.Terms terms) {
    DestinationLog log =
        terms.durable() ? storage.subscription(kind, source, terms.name()) : DestinationLog.NONE;
    return newQueue(QueueTerms.DEFAULT, log);
  }

  private MessageQueue newQueue(String name, QueueTerms terms) {
    return newQueue(terms, storage.queue(name, terms));
  }

  private MessageQueue newQueue(QueueTerms terms, DestinationLog log) {
    return new MessageQueue(terms, memory, newWaitingRoom(), log, dispatcher::wants);
  }

  private WaitingRoom newWaitingRoom() {
    return new WaitingRoom(agenda, memory);
  }

  private static void requireName(String name) throws Refusal {
    if (name.isEmpty()
        || name.length() > Wire.MAX_NAME_CHARS
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new Refusal(
          WireError.INVALID_DESTINATION,
          "A destination's name has 1 to %d characters and no control characters"
              .formatted(Wire.MAX_NAME_CHARS));
    }
  }

  static Refusal missing(int kind, String name) {
    return new Refusal(
        WireError.DESTINATION_NOT_FOUND,
        "%s '%s' does not exist".formatted(kind == Wire.QUEUE ? "queue" : "topic", name));
  }
}
