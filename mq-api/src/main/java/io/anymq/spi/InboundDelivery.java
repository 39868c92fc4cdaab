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

  /** How often it has been delivered, as far as the backend knows; 1 the first time. */
  int deliveryCount();

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
