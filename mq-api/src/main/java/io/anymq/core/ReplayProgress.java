package io.anymq.core;

import io.anymq.Message;
import io.anymq.spi.Source;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a consumer's replay has come, so that it goes on there after an outage. */
final class ReplayProgress {

  private final Source source;
  private final boolean replays;
  private volatile @Nullable Instant reached;

  ReplayProgress(Source source) {
    this.source = source;
    replays = source instanceof Source.OfTopic of && of.terms().replays();
  }

  /**
   * A message is handed out. One with a time ahead of the clock has it from the application, and to
   * go on from there would pass others over.
   */
  void note(Message message) {
    if (replays) {
      message
          .timestamp()
          .filter(timestamp -> !timestamp.isAfter(Waits.now()))
          .ifPresent(timestamp -> reached = timestamp);
    }
  }

  /** What to consume on the next link: from the last message that was handed out. */
  Source resumed() {
    Instant from = reached;
    if (from != null && source instanceof Source.OfTopic of) {
      Source.Terms terms = of.terms();
      return new Source.OfTopic(
          of.topic(),
          new Source.Terms(
              terms.name(), terms.durable(), terms.shared(), Optional.of(from), Optional.empty()));
    }
    return source;
  }
}
