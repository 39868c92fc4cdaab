package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.Topic;
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
 * @param upkeep what is kept of deliveries that come again
 * @param contested whether others could consume it in the order of keys
 * @param turn when it may be consumed; null where that is at once
 * @param start where in the queue, which is a stream, it begins; null where it is none
 * @param ending how its consumer ends
 * @param releaser gives back what holding the source took; running it again does nothing
 */
record RabbitSource(
    String queue,
    String origin,
    Function<String, Destination> destination,
    boolean releasesNatively,
    boolean vanishes,
    Upkeep upkeep,
    boolean contested,
    @Nullable Turn turn,
    @Nullable StreamStart start,
    Ending ending,
    Runnable releaser) {

  /** What is kept of a source's deliveries that come again, and how those wait that are to wait. */
  enum Upkeep {
    /** Nothing: what a consumer leaves goes with it. What waits need not be kept by the broker. */
    NOTHING,
    /** Nothing: the source goes with its connection. It is classic: what waits takes no place. */
    PLACES,
    /** What was handed to applications: another process may get what one leaves. */
    HAND_OUTS,
    /** That of a classic queue: what waits takes no place. */
    HAND_OUTS_AND_PLACES,
    /** What was handed to applications, and released messages wait at the broker. */
    HAND_OUTS_AND_DELAYS;

    boolean recordsHandOuts() {
      return this != NOTHING && this != PLACES;
    }
  }

  /** A source that nobody else consumes, or that all may consume as they like. */
  RabbitSource(
      String queue,
      String origin,
      Function<String, Destination> destination,
      boolean releasesNatively,
      boolean vanishes,
      Upkeep upkeep,
      Runnable releaser) {
    this(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        upkeep,
        false,
        null,
        null,
        Ending.CANCEL,
        releaser);
  }

  /** A stream that keeps what is sent to a topic; each of its consumers gets all of it. */
  static RabbitSource ofStream(String stream, Topic topic, StreamStart start) {
    return new RabbitSource(
        stream,
        topic.describe(),
        key -> topic,
        false,
        false,
        Upkeep.NOTHING,
        false,
        null,
        start,
        Ending.CANCEL,
        () -> {});
  }

  /** The same, consumed at its turn. */
  RabbitSource atTurn(Turn given, Ending inOrder) {
    return consumed(
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
    return consumed(true, null, Ending.CANCEL, releaser);
  }

  /** The same, whose broker gives turns by itself. */
  RabbitSource inOrder() {
    return consumed(false, null, Ending.CLOSE, releaser);
  }

  private RabbitSource consumed(
      boolean contestedThen, @Nullable Turn given, Ending endingThen, Runnable releaserThen) {
    return new RabbitSource(
        queue,
        origin,
        destination,
        releasesNatively,
        vanishes,
        upkeep,
        contestedThen,
        given,
        start,
        endingThen,
        releaserThen);
  }

  /** What it is, for the sentence that it does not exist: a topic may outlive a subscription. */
  String describe() {
    return origin.startsWith("topic") ? "a subscription to " + origin : origin;
  }

  /** Whether its queue is there for its one consumer, and goes with that. */
  boolean isPlainSubscription() {
    return upkeep == Upkeep.NOTHING && start == null;
  }

  /** Gives back what holding it took. */
  void release() {
    releaser.run();
  }
}
