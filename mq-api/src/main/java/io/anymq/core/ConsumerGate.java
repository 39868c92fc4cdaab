package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.selector.Selector;

/** Refuses consumers that ask for what their backend cannot do, before anything is opened. */
final class ConsumerGate {

  private ConsumerGate() {}

  static void checkQueue(Capabilities capabilities, Queue queue, ConsumerOptions options) {
    if (options.selector().isPresent()) {
      capabilities.require(Capability.QUEUE_SELECTORS);
    }
    checkCommon(capabilities, options);
    checkSelectingTurn(capabilities, options);
    if (options.deadLetterQueue().isEmpty()) {
      checkDeadLetterQueue(queue);
    }
  }

  static void checkSubscription(Capabilities capabilities, SubscriptionOptions options) {
    if (options.durable()) {
      capabilities.require(Capability.DURABLE_SUBSCRIPTIONS);
    }
    if (options.shared()) {
      capabilities.require(Capability.SHARED_SUBSCRIPTIONS);
    }
    if (replays(options)) {
      capabilities.require(Capability.REPLAY);
      checkPosition(options);
    }
    if (options.consumer().selector().isPresent()) {
      capabilities.require(Capability.TOPIC_SELECTORS);
      checkSharedSelector(options);
    }
    checkCommon(capabilities, options.consumer());
  }

  /**
   * What one member does not select, another may; and what all of them leave out must not stay. No
   * member can tell which of the two it is.
   */
  private static void checkSharedSelector(SubscriptionOptions options) {
    if (options.shared()) {
      throw new UnsupportedCapabilityException(
          "Selectors are not supported on shared subscriptions: the members could have different ones. Select in a subscription that is not shared");
    }
  }

  /** One moment does not tell where each of many topics goes on after an outage. */
  static void checkPattern(SubscriptionOptions options) {
    if (replays(options)) {
      throw new UnsupportedCapabilityException(
          "A replay is of one topic, and not of a pattern; subscribe to each topic by itself");
    }
  }

  /** What a durable or shared one has received is kept by the broker, which has its own place. */
  private static void checkPosition(SubscriptionOptions options) {
    if (options.replayAfter().isPresent() && (options.durable() || options.shared())) {
      throw new UnsupportedCapabilityException(
          "A subscription that is durable or shared keeps its own place, and begins behind no other; use replayFrom, or a plain subscription");
    }
  }

  private static boolean replays(SubscriptionOptions options) {
    return options.replayFrom().isPresent() || options.replayAfter().isPresent();
  }

  private static void checkCommon(Capabilities capabilities, ConsumerOptions options) {
    options.selector().ifPresent(Selector::parse);
    if (options.keyOrdered()) {
      capabilities.require(Capability.KEY_ORDERING);
    }
  }

  /** What the one consumer whose turn it is does not select would wait, though others want it. */
  private static void checkSelectingTurn(Capabilities capabilities, ConsumerOptions options) {
    if (options.keyOrdered()
        && options.selector().isPresent()
        && capabilities.support().get(Capability.KEY_ORDERING) == Support.EMULATED) {
      throw new UnsupportedCapabilityException(
          "On this backend the key-ordered consumers of a queue take turns, and one with a selector would keep the rest from the others; use one of the two");
    }
  }

  /** A name that leaves no room for the suffix is refused now, not when the first message fails. */
  static void checkDeadLetterQueue(Destination source) {
    try {
      Queue unused = DeadLetters.defaultFor(source);
    } catch (InvalidDestinationException e) {
      throw new InvalidDestinationException(
          "The name of %s leaves no room for its dead-letter queue's suffix '%s'; choose a queue with ConsumerOptions.deadLetterQueue"
              .formatted(
                  source.describe(),
                  source instanceof Queue ? Queue.DEAD_LETTER_SUFFIX : Topic.DEAD_LETTER_SUFFIX),
          e);
    }
  }
}
