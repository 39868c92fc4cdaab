package io.anymq.spi;

import io.anymq.Queue;

/** A link that can empty a queue. */
public interface Purger {

  /**
   * Removes all messages that no consumer holds, however many consumers there are.
   *
   * @param queue the queue
   * @throws io.anymq.DestinationNotFoundException when the queue does not exist
   */
  void purge(Queue queue);
}
