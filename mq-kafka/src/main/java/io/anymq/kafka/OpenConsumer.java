package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.LinkConsumer;
import java.util.Set;

/** A consumer that a link keeps an eye on. */
interface OpenConsumer extends LinkConsumer {

  /** The native topics without which it is of no use. */
  Set<String> topics();

  /**
   * Hands out nothing more and begins to close, as {@link #close} does and then waits for. Returns
   * at once.
   */
  void stop();

  /** The consumer is of no more use: tells the sink, once, and closes. Returns at once. */
  void breakUp(MessagingException cause);
}
