package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.LinkConsumer;
import java.util.Set;

/** A consumer that a link keeps an eye on. */
interface OpenConsumer extends LinkConsumer {

  /** The native topics without which it is of no use. */
  Set<String> topics();

  /** The consumer is of no more use; tells the sink, once. */
  void breakUp(MessagingException cause);
}
