package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.LinkConsumer;

/** A consumer that a link keeps an eye on. */
interface OpenConsumer extends LinkConsumer {

  /** The native topic. */
  String topic();

  /** The consumer is of no more use; tells the sink, once. */
  void breakUp(MessagingException cause);
}
