package io.anymq.spi;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.util.Optional;

/**
 * A message as a consumer received it. The adapter's class also holds what it needs to settle it.
 */
public interface InboundDelivery {

  /**
   * The message. Of one that could not be decoded: what there is of it, with its body as it came.
   */
  Message message();

  /** Where it was sent to. */
  Destination destination();

  /** Whether it may have been delivered before. */
  boolean redelivered();

  /**
   * How often it has been delivered, as far as the backend knows; 1 the first time, and never too
   * low. It may be too high: by deliveries that waited in a prefetch and came back unseen.
   */
  int deliveryCount();

  /**
   * The application gets this delivery now. Called once, before it does, and not for deliveries
   * that never leave the core. Returns soon: where hand-outs have to be recorded, a write that
   * outlives this process is enough, and the backend's answer is not waited for; only where no
   * write outlives it without an answer, and an earlier hand-out may have been lost, this waits for
   * one, within the operation time-out.
   */
  default void handedOut() {}

  /**
   * How often the message was handed to an application before this delivery, as exactly as the
   * backend knows: what waited in a prefetch and came back unseen does not count. Asked only when
   * {@link #deliveryCount()} has reached the limit of deliveries; may ask the broker, bounded by
   * the operation time-out.
   *
   * @return the number of earlier hand-outs, 0 or more
   */
  default int earlierHandOuts() {
    return deliveryCount() - 1;
  }

  /**
   * Where in its topic's past the message stands, in a word that {@link Source.Terms#replayAfter}
   * takes; for plain subscriptions of a link that declares {@link io.anymq.Capability#REPLAY}.
   */
  default Optional<String> position() {
    return Optional.empty();
  }

  /** Why the message could not be decoded, if so; the core then dead-letters it. */
  Optional<InvalidMessageException> undecodable();
}
