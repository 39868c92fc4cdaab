package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.Queue;

/** Destinations: whether they exist, and their making and deleting. */
interface Topology {

  void declare(Destination destination);

  /** Makes a temporary queue of this connection; one that it has is left as it is. */
  void declareTemporary(Queue queue);

  /** Deletes, consumers or not. */
  void delete(Destination destination);

  boolean exists(Destination destination);
}
