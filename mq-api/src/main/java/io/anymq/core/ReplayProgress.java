package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a consumer's replay has come, so that it goes on there after an outage. */
final class ReplayProgress {

  /** What the clocks of senders may differ by. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final Source source;
  private final boolean replays;
  private volatile @Nullable Instant reached;
  private @Nullable Instant latest; // Guarded by this.

  ReplayProgress(Source source) {
    this.source = source;
    replays = source instanceof Source.OfTopic of && of.terms().replays();
  }

  /**
   * A message is handed out. One with a time ahead of the clock has it from the application, and to
   * go on from there would pass others over.
   */
  void note(InboundDelivery delivery) {
    if (replays) {
      boolean ordered = delivery.position().isPresent();
      delivery
          .message()
          .timestamp()
          .filter(timestamp -> !timestamp.isAfter(Waits.now()))
          .ifPresent(timestamp -> reach(timestamp, ordered));
    }
  }

  /**
   * A time from before may be the application's, too: a message that is sent on as it was received
   * keeps its own, and what was sent since that would come once more. Where messages have
   * positions, all of them stand in one order, and nothing before this one is still to come: so it
   * goes on no earlier than the latest time, but for what clocks differ by. (The topic may have
   * been made again meanwhile, and a sender be behind.) Elsewhere it may be of a part of the topic
   * that lags behind the others.
   */
  private synchronized void reach(Instant timestamp, boolean ordered) {
    Instant last = latest;
    if (last == null || timestamp.isAfter(last)) {
      latest = timestamp;
    } else if (ordered && timestamp.isBefore(last.minus(CLOCKS))) {
      reached = last.minus(CLOCKS);
      return;
    }
    reached = timestamp;
  }

  /**
   * What to consume on the next link. A backend begins with the first message of a moment or later
   * and gives all that stand behind it, so that this passes nothing over.
   */
  Source resumed() {
    Instant from = reached;
    if (from != null && source instanceof Source.OfTopic of) {
      Source.Terms terms = of.terms();
      Optional<Instant> start =
          terms.replayFrom().filter(from::isBefore).or(() -> Optional.of(from));
      return new Source.OfTopic(
          of.topic(),
          new Source.Terms(terms.name(), terms.durable(), terms.shared(), start, Optional.empty()));
    }
    return source;
  }
}
