package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a hub keeps: queues and topics with their messages. It outlives the hub's threads and
 * sockets where the hub is inside a JVM. For one thread at a time.
 */
final class HubContent {

  private static final int MAX_NAME_LENGTH = 255;

  private final HubMemory memory;
  private final Histories histories;
  private final Agenda agenda = new Agenda();
  private final Map<String, MessageQueue> queues = new HashMap<>();
  private final Map<String, HubTopic> topics = new HashMap<>();
  private final Map<String, HubPattern> patterns = new HashMap<>();
  private final Set<MessageQueue> wantDispatch = new LinkedHashSet<>();

  HubContent(long memoryLimit) {
    memory = new HubMemory(memoryLimit);
    histories = new Histories(memory);
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

  /** Hands messages to consumers wherever both have come together. */
  void dispatch() {
    Deque<MessageQueue> now = new ArrayDeque<>(wantDispatch);
    wantDispatch.clear();
    now.forEach(MessageQueue::dispatch);
  }

  boolean wantsDispatch() {
    return !wantDispatch.isEmpty();
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
    HubPattern pattern = HubPattern.of(expression, this::newQueue);
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
      queues.computeIfAbsent(name, absent -> newQueue());
    } else {
      topics.computeIfAbsent(name, this::newTopic);
    }
  }

  /** Makes a queue on terms of its own; one that is there must be on the same. */
  void declareQueue(String name, QueueTerms terms) throws Refusal {
    requireName(name);
    MessageQueue queue = queues.computeIfAbsent(name, absent -> newQueue(terms));
    if (!queue.terms().equals(terms)) {
      throw new Refusal(
          WireError.INVALID_ARGUMENT,
          "The queue '%s' is there with other options: %s".formatted(name, queue.terms()));
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

  private HubTopic newTopic(String name) {
    HubTopic topic = new HubTopic(name, newWaitingRoom(), histories.ofTopic(), this::newQueue);
    patterns.values().forEach(topic::offer);
    return topic;
  }

  private MessageQueue newQueue() {
    return newQueue(QueueTerms.DEFAULT);
  }

  private MessageQueue newQueue(QueueTerms terms) {
    return new MessageQueue(terms, memory, newWaitingRoom(), wantDispatch::add);
  }

  private WaitingRoom newWaitingRoom() {
    return new WaitingRoom(agenda, memory);
  }

  private static void requireName(String name) throws Refusal {
    if (name.isEmpty()
        || name.length() > MAX_NAME_LENGTH
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new Refusal(
          WireError.INVALID_DESTINATION,
          "A destination's name has 1 to %d characters and no control characters"
              .formatted(MAX_NAME_LENGTH));
    }
  }

  static Refusal missing(int kind, String name) {
    return new Refusal(
        WireError.DESTINATION_NOT_FOUND,
        "The hub has no %s '%s'".formatted(kind == Wire.QUEUE ? "queue" : "topic", name));
  }
}
