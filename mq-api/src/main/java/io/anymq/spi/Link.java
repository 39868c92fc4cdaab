package io.anymq.spi;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One native connection, from its making to its loss; it never recovers.
 *
 * <p>Called by several threads at once. A method that asks the broker something blocks at most for
 * the request's operation time-out, and then throws {@link io.anymq.MessagingTimeoutException}. All
 * failures are {@link io.anymq.MessagingException}s with the native failure as cause. When the link
 * is lost, calls fail with {@link io.anymq.ConnectionLostException}.
 *
 * <p>A link that can do more implements the optional interfaces of this package: {@link
 * DepthQuery}, {@link Purger}, {@link Browsing}, {@link TemporaryQueues}, {@link TopicPatterns},
 * {@link AtomicCommit}.
 */
public interface Link {

  /** Whose thread calls {@link DeliverySink#deliver}. */
  enum Dispatch {
    /**
     * A thread made for one consumer: the application's listener may run on it for as long as it
     * likes, with no harm to heartbeats, confirmations or other consumers.
     */
    INLINE,
    /** A thread with other duties: the core hands deliveries over to threads of its own. */
    HAND_OFF
  }

  /** What this link talks to, with the broker's own version. */
  BackendInfo info();

  /**
   * What this broker, as it is configured, can do through this adapter; found out when the link was
   * made. The core adds what it does itself: transactions, dead letters, delayed redelivery, time
   * to live, selectors on subscriptions, and with temporary queues requests and replies. One that
   * the link declares native is left to it.
   */
  Map<Capability, Support> capabilities();

  /**
   * How to get capabilities that this link does not declare: a sentence for each that an option of
   * the adapter or a setting of the broker would enable. They are part of the refusal.
   */
  default Map<Capability, String> advice() {
    return Map.of();
  }

  /** On which thread deliveries come. */
  Dispatch dispatch();

  /**
   * Opens a producer. The destination exists: the core has seen to that.
   *
   * @param destination where it sends to
   * @param listener is told when the producer breaks while the link lives
   * @return the producer
   */
  LinkProducer openProducer(Destination destination, ProducerListener listener);

  /**
   * Opens a consumer. The destination exists. When this returns, a subscription is live. Deliveries
   * may begin before it returns.
   *
   * @param request what to consume
   * @param sink takes the deliveries
   * @return the consumer
   * @throws io.anymq.MessagingException with {@link io.anymq.ErrorCode#SUBSCRIPTION_IN_USE} when
   *     another consumer holds a subscription that is not shared
   */
  LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink);

  /**
   * Makes a destination; one that exists is left as it is.
   *
   * @param destination the destination
   * @param options for a queue; the capabilities they need have been checked
   * @throws io.anymq.InvalidOptionException when a queue exists with other options than these, and
   *     these are not the default ones, which ask for nothing
   */
  void declare(Destination destination, QueueOptions options);

  /** Deletes a destination with all its messages; one that does not exist is no failure. */
  void delete(Destination destination);

  /** Tells whether a destination exists; changes nothing. */
  boolean exists(Destination destination);

  /**
   * Removes a durable subscription and what it has kept; one that does not exist is no failure.
   *
   * @param topic the topic
   * @param name the subscription's name
   */
  void unsubscribe(Topic topic, String name);

  /**
   * A native object.
   *
   * @param type its type
   * @param <T> its type
   * @return the object, or empty when this link has none of that type
   */
  <T> Optional<T> unwrap(Class<T> type);

  /**
   * Closes with all producers and consumers. What consumers held unsettled comes again. Bounded
   * also when a {@link DeliverySink#deliver} is stuck in a listener; may be called by that very
   * thread. Leaves no thread but that stuck one, and no socket. Closing again does nothing.
   *
   * @param timeout how long an orderly end may take, before it is forced
   */
  void close(Duration timeout);
}
