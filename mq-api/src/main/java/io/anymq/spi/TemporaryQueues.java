package io.anymq.spi;

import io.anymq.Queue;

/** A link whose broker has queues that go away with their connection. */
public interface TemporaryQueues {

  /**
   * Makes a temporary queue.
   *
   * @param queue its portable name, unique in the world
   */
  void declareTemporary(Queue queue);
}
