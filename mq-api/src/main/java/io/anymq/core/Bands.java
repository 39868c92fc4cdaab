package io.anymq.core;

import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.Message;
import io.anymq.Queue;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The queues behind a prioritized queue on a broker that knows no priorities: one for each
 * priority. That of the default priority is the queue itself, so that what a native client sends to
 * it is delivered.
 */
final class Bands {

  private static final String SUFFIX = ".priority-";

  /** How much shorter than other names that of a prioritized queue must be. */
  private static final int SUFFIX_LENGTH = SUFFIX.length() + 1;

  private Bands() {}

  /** The queue that holds messages of a priority. */
  static Queue of(Queue queue, int priority) {
    return priority == Message.DEFAULT_PRIORITY
        ? queue
        : Queue.of(queue.name() + SUFFIX + priority);
  }

  /** All of them, the most urgent first. */
  static List<Queue> all(Queue queue) {
    return IntStream.rangeClosed(0, Message.MAX_PRIORITY)
        .mapToObj(step -> of(queue, Message.MAX_PRIORITY - step))
        .toList();
  }

  /** All but the queue itself, in the order in which they are made and deleted: the mark first. */
  static List<Queue> behind(Queue queue) {
    return IntStream.rangeClosed(0, Message.MAX_PRIORITY)
        .filter(priority -> priority != Message.DEFAULT_PRIORITY)
        .mapToObj(priority -> of(queue, priority))
        .toList();
  }

  /** The one by which a prioritized queue is known, from the beginning of its making on. */
  static Queue mark(Queue queue) {
    return of(queue, 0);
  }

  /** The one behind a prioritized queue that is made last: with the mark, all are there. */
  static Queue last(Queue queue) {
    return of(queue, Message.MAX_PRIORITY);
  }

  /** Whether a queue's name is short enough for it to be prioritized. */
  static boolean fit(Queue queue) {
    return queue.name().length() + SUFFIX_LENGTH <= Destination.MAX_NAME_LENGTH;
  }

  static void requireFit(Queue queue) {
    if (!fit(queue)) {
      throw new InvalidDestinationException(
          "The name of %s leaves no room for '%s0', by which the queues behind a prioritized one are told apart; %d characters are the limit"
              .formatted(queue, SUFFIX, Destination.MAX_NAME_LENGTH - SUFFIX_LENGTH));
    }
  }
}
