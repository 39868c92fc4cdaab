package io.anymq.spi;

import io.anymq.Queue;
import io.anymq.QueueDepth;

/** A link that can tell a queue's depth. */
public interface DepthQuery {

  /**
   * Asks for the depth; creates nothing, joins nothing, consumes and moves nothing.
   *
   * @param queue the queue
   * @return the depth
   * @throws io.anymq.DestinationNotFoundException when the queue does not exist
   */
  QueueDepth depth(Queue queue);
}
