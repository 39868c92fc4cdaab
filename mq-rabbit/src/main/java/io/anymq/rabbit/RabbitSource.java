package io.anymq.rabbit;

import io.anymq.Destination;
import java.util.function.Function;

/**
 * A native queue to consume from, and what it stands for.
 *
 * @param queue the native queue
 * @param origin what its messages were sent to, for the sentence of a failure
 * @param destination what a message was sent to, by its routing key
 * @param releasesNatively whether it takes single messages back and counts them
 * @param vanishes whether the queue goes with the last of several consumers, so that it may be gone
 *     before one more has begun
 * @param releaser gives back what holding the source took; run once when its consumer closes
 */
record RabbitSource(
    String queue,
    String origin,
    Function<String, Destination> destination,
    boolean releasesNatively,
    boolean vanishes,
    Runnable releaser) {

  /** A source whose messages were all sent to one destination. */
  static RabbitSource of(
      String queue, Destination destination, boolean releasesNatively, Runnable releaser) {
    return new RabbitSource(
        queue, destination.toString(), key -> destination, releasesNatively, false, releaser);
  }

  void release() {
    releaser.run();
  }
}
