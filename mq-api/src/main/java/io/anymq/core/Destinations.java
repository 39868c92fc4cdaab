package io.anymq.core;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MissingDestination;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.util.function.Predicate;

/** Sees to it that a destination is there before it is used. */
final class Destinations {

  private final Predicate<Queue> ownTemporary;

  /**
   * For one connection.
   *
   * @param ownTemporary tells the connection's own temporary queues
   */
  Destinations(Predicate<Queue> ownTemporary) {
    this.ownTemporary = ownTemporary;
  }

  void ensure(Link link, Destination destination, MissingDestination missing) {
    boolean temporary = destination instanceof Queue queue && CoreTemporaryQueue.isTemporary(queue);
    if (temporary && ownTemporary.test((Queue) destination)) {
      CoreTemporaryQueue.declare(link, (Queue) destination);
    } else if (missing == MissingDestination.CREATE && !temporary) {
      link.declare(destination, QueueOptions.DEFAULT);
    } else if (!link.exists(destination)) {
      throw new DestinationNotFoundException(
          temporary
              ? destination.describe() + " is gone: a temporary queue goes with its connection"
              : destination.describe()
                  + " does not exist, and the options do not allow creating it; declare it first");
    }
  }

  /** As {@link #ensure(Link, Destination, MissingDestination)}; a pattern names no one topic. */
  void ensure(Link link, Source source, MissingDestination missing) {
    if (source instanceof Source.OfQueue queue) {
      ensure(link, queue.queue(), missing);
    } else if (source instanceof Source.OfTopic topic) {
      ensure(link, topic.topic(), missing);
    }
  }

  /** Only the connection that made a temporary queue consumes it. */
  void requireConsumable(Queue queue) {
    if (CoreTemporaryQueue.isTemporary(queue) && !ownTemporary.test(queue)) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE,
          queue.describe() + " is another connection's temporary queue; only that one consumes it");
    }
  }
}
