package io.anymq.rabbit;

import io.anymq.Destination;

/**
 * A native queue to consume from, and what it stands for.
 *
 * @param queue the native queue
 * @param destination what its messages were sent to
 * @param releasesNatively whether it takes single messages back and counts them
 * @param releaser gives back what holding the source took; run once when its consumer closes
 */
record RabbitSource(
    String queue, Destination destination, boolean releasesNatively, Runnable releaser) {

  void release() {
    releaser.run();
  }
}
