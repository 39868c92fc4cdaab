package io.anymq.spi;

import io.anymq.MessagingException;

/** Is told when a producer breaks while its link lives. Called by any thread; returns at once. */
@FunctionalInterface
public interface ProducerListener {

  /**
   * The producer is of no more use, and has let go of what it held; it is not closed. What it has
   * neither confirmed nor failed is in doubt; the core opens another producer and sends that again.
   *
   * @param cause why
   */
  void broken(MessagingException cause);
}
