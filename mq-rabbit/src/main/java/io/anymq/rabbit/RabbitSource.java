package io.anymq.rabbit;

import io.anymq.Destination;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A native queue to consume from, and what it stands for.
 *
 * @param queue the native queue
 * @param origin what its messages were sent to, for the sentence of a failure
 * @param destination what a message was sent to, by its routing key
 * @param releasesNatively whether it takes single messages back and counts them
 * @param vanishes whether the queue goes with the last of several consumers, so that it may be gone
 *     before one more has begun
 * @param contested whether others could consume it in the order of keys
 * @param turn when it may be consumed; null where that is at once
 * @param ending how its consumer ends
 * @param releaser gives back what holding the source took; running it again does nothing
 */
record RabbitSource(
    String queue,
    String origin,
    Function<String, Destination> destination,
    boolean releasesNatively,
    boolean vanishes,
    boolean contested,
    @Nullable Turn turn,
    Ending ending,
    Runnable releaser) {

  /** How a consumer ends while its connection goes on. */
  enum Ending {
    /** Cancelled, and then its channel is closed. What it held comes back in no sure order. */
    CANCEL,
    /** As a consumer of a quorum queue that leaves what it held to the next, in order. */
    CANCEL_AND_GIVE_BACK,
    /** As a consumer of a classic queue that does so: its channel is closed. */
    CLOSE;

    /** The ending that leaves the order as it was. */
    static Ending inOrder(boolean classic) {
      return classic ? CLOSE : CANCEL_AND_GIVE_BACK;
    }
  }

  /** A source that nobody else consumes, or that all may consume as they like. */
  RabbitSource(
      String queue,
      String origin,
      Function<String, Destination> destination,
      boolean releasesNatively,
      boolean vanishes,
      Runnable releaser) {
    this(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        false,
        null,
        Ending.CANCEL,
        releaser);
  }

  /** The same, consumed at its turn. */
  RabbitSource atTurn(Turn given, Ending inOrder) {
    return new RabbitSource(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        false,
        given,
        inOrder,
        () -> {
          given.leave();
          releaser.run();
        });
  }

  /** The same, consumed as long as nobody asks for the order of keys. */
  RabbitSource inNoOrder() {
    return new RabbitSource(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        true,
        null,
        Ending.CANCEL,
        releaser);
  }

  /** The same, whose broker gives turns by itself. */
  RabbitSource inOrder() {
    return new RabbitSource(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        false,
        null,
        Ending.CLOSE,
        releaser);
  }

  /** Gives back what holding it took. */
  void release() {
    releaser.run();
  }
}
