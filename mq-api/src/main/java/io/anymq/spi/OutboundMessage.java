package io.anymq.spi;

import io.anymq.Message;
import io.anymq.MessagingException;

/** A message on its way to the backend. One of the two outcomes is told, once, by any thread. */
public interface OutboundMessage {

  /** The message. */
  Message message();

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
