package io.anymq.spi;

import io.anymq.Message;
import io.anymq.MessagingException;
import java.util.Optional;

/** A message on its way to the backend. One of the two outcomes is told, once, by any thread. */
public interface OutboundMessage {

  /** The message. */
  Message message();

  /**
   * The delivery of this backend that the message is the dead letter of. The adapter keeps what a
   * portable message cannot carry, native headers and the form of the body, as it came, and adds
   * the properties of {@link #message()} to it.
   */
  default Optional<InboundDelivery> origin() {
    return Optional.empty();
  }

  /**
   * Whether an earlier attempt to send the message may have reached the backend. The adapter marks
   * it, so that its delivery says {@link InboundDelivery#redelivered()}: there may be two.
   */
  default boolean repeated() {
    return false;
  }

  /** The backend has taken responsibility: stored as durably as it stores. */
  void confirmed();

  /**
   * The message failed.
   *
   * @param cause why: {@link io.anymq.SendInDoubtException} when the backend may have it; any other
   *     says that the backend does not have it. A message that was on its way when the link was
   *     lost is told neither way: the core sends it again. {@link
   *     io.anymq.DestinationNotFoundException} makes the core create the destination and send
   *     again, where the options allow.
   */
  void failed(MessagingException cause);
}
