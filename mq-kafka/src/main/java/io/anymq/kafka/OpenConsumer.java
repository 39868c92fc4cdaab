package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.LinkConsumer;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;

/** A consumer that a link keeps an eye on. */
interface OpenConsumer extends LinkConsumer {

  /** The native topics that it cannot do without. */
  Set<String> topics();

  /**
   * How one of those topics is now; said again and again, by one thread. Returns at once.
   *
   * @param topic the topic
   */
  default void seen(TopicDescription topic) {}

  /**
   * Stops delivering and begins to close, as {@link #close} does and then waits for. Returns at
   * once.
   */
  void stop();

  /** The consumer is of no more use: it closes, and its sink is notified, once. Returns at once. */
  void breakUp(MessagingException cause);
}
