package io.anymq;

import java.time.Duration;
import java.util.Optional;

/**
 * A message in the hands of a consumer. It is settled once: accepted, released or rejected.
 * Settling it again in the same way does nothing; settling it in another way is refused with {@link
 * ErrorCode#ILLEGAL_USE}. What is not settled when the consumer closes, crashes or loses its
 * connection comes again, to this or another consumer, marked {@link #redelivered()}.
 *
 * <p>May be settled from any thread. A settlement is handed over in order and soon, and at the
 * latest when the consumer closes, but not waited for: should the connection break first, the
 * message comes again. A settlement made after that never touches another message.
 */
public interface Delivery {

  /** The message. */
  Message message();

  /** Where the message was sent to. */
  Destination destination();

  /** Whether the message may have been delivered before. */
  boolean redelivered();

  /**
   * How often the message has been delivered, this delivery included; 1 the first time, and never
   * too low. It may be too high, where a backend counts what waited in a prefetch and came back
   * unseen; such deliveries do not count towards {@link ConsumerOptions#maxDeliveries()}.
   */
  int deliveryCount();

  /**
   * Where in its topic's past the message stands, for {@link
   * SubscriptionOptions.Builder#replayAfter}. A word of the backend's own, good for this topic
   * alone; it may be kept for as long as the topic keeps its past. Present for a plain subscription
   * where {@link Capability#REPLAY} is declared, unless the backend's topic has no one order; empty
   * otherwise.
   */
  Optional<String> position();

  /** Whether the delivery has been settled. */
  boolean settled();

  /** The message is done with. */
  void accept();

  /**
   * The message goes back and is delivered again after {@link ConsumerOptions#redeliveryDelay()},
   * to this or another consumer; or, when the application has been given it as often as {@link
   * ConsumerOptions#maxDeliveries()} allows, it goes to the dead-letter queue.
   */
  void release();

  /**
   * As {@link #release()}, after a delay of this delivery's own. Where {@link
   * Capability#REDELIVERY_DELAY} is emulated, this consumer may hold the message meanwhile: should
   * the consumer close or its connection break, the message comes again at once.
   *
   * @param delay how long to wait; zero: not at all
   * @throws InvalidOptionException when it is negative
   */
  void release(Duration delay);

  /**
   * The message goes to the dead-letter queue, whatever its delivery count.
   *
   * @param reason why; kept with the message, see {@link DeadLetter}
   */
  void reject(String reason);
}
