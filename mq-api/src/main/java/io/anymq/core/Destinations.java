package io.anymq.core;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.MissingDestination;
import io.anymq.QueueOptions;
import io.anymq.spi.Link;
import io.anymq.spi.Source;

/** Sees to it that a destination is there before it is used. */
final class Destinations {

  private Destinations() {}

  static void ensure(Link link, Destination destination, MissingDestination missing) {
    if (missing == MissingDestination.CREATE) {
      link.declare(destination, QueueOptions.DEFAULT);
    } else if (!link.exists(destination)) {
      throw new DestinationNotFoundException(
          destination + " does not exist, and the options forbid to make it; declare it first");
    }
  }

  /** As {@link #ensure(Link, Destination, MissingDestination)}; a pattern names no one topic. */
  static void ensure(Link link, Source source, MissingDestination missing) {
    if (source instanceof Source.OfQueue queue) {
      ensure(link, queue.queue(), missing);
    } else if (source instanceof Source.OfTopic topic) {
      ensure(link, topic.topic(), missing);
    }
  }
}
