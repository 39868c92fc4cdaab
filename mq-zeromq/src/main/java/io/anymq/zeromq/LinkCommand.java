package io.anymq.zeromq;

import io.anymq.MessagingException;

/** What another thread wants the link's I/O thread to do. */
@FunctionalInterface
interface LinkCommand {

  /** Does it, on the I/O thread of a live link. */
  void run(LinkProtocol protocol);

  /** The link ended before it was done; by any thread. */
  default void abandon(MessagingException cause) {}
}
