package io.anymq;

/**
 * What a backend may be able to do beyond sending, receiving and settling. What a connection
 * {@linkplain Capabilities declares} works; what it does not declare throws {@link
 * UnsupportedCapabilityException} when it is asked for.
 */
public enum Capability {
  /** A confirmed persistent message survives a restart of the broker. */
  PERSISTENCE,
  /** A session's sends and settlements happen at commit, or not at all when it rolls back. */
  TRANSACTIONS,
  /** A commit is one step: a crash in the middle leaves all of it or nothing. */
  ATOMIC_TRANSACTIONS,
  /**
   * A queue that was {@linkplain QueueOptions#prioritized() made for it} delivers messages of a
   * higher priority first. Others carry the priority, and deliver in the order of sending.
   */
  PRIORITY,
  /** A message can ask to be delivered later. */
  DELIVERY_DELAY,
  /** A delivery can be released with a delay. */
  REDELIVERY_DELAY,
  /** A message can expire; an expired one is never delivered. */
  TIME_TO_LIVE,
  /**
   * A delivery tells how often the message has been delivered, through a crash of its consumer too.
   */
  DELIVERY_COUNT,
  /** Rejected messages, and those delivered too often, go to the dead-letter queue. */
  DEAD_LETTER,
  /** Subscriptions that keep what is sent while nobody is there. */
  DURABLE_SUBSCRIPTIONS,
  /** Subscriptions whose messages are shared out among several consumers. */
  SHARED_SUBSCRIPTIONS,
  /** Subscriptions to many topics by {@link TopicPattern}. */
  TOPIC_PATTERNS,
  /** Selectors on subscriptions. */
  TOPIC_SELECTORS,
  /** Selectors on queue consumers. */
  QUEUE_SELECTORS,
  /** Looking at a queue's messages without taking them. */
  BROWSE,
  /** Emptying a queue. */
  PURGE,
  /** Queues that go away with their connection. */
  TEMPORARY_QUEUES,
  /** Requests that wait for their reply. */
  REQUEST_REPLY,
  /** Queues with a maximum length, which refuse when they are full. */
  BOUNDED_QUEUES,
  /**
   * Messages with one key go to one consumer at a time, in order. Where it is emulated, one
   * consumer at a time gets all keys, and the others stand by; several threads of it ({@link
   * ConsumerOptions#concurrency()}) work on several keys.
   */
  KEY_ORDERING,
  /** Subscriptions that begin in the past. */
  REPLAY,
  /** The passive depth of a queue. */
  QUEUE_DEPTH,
  /** A depth that also tells how many messages are with consumers, unsettled. */
  IN_FLIGHT_COUNT
}
