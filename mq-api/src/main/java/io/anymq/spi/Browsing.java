package io.anymq.spi;

import io.anymq.Queue;
import io.anymq.QueueBrowser;

/** A link that can look at a queue's messages without taking them. */
public interface Browsing {

  /**
   * Begins a look.
   *
   * @param queue the queue
   * @return the browser
   * @throws io.anymq.DestinationNotFoundException when the queue does not exist
   */
  QueueBrowser browse(Queue queue);
}
