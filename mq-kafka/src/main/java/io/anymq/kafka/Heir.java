package io.anymq.kafka;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * When a mover that has no turn yet removes what movers before have left, and how long it waits for
 * the turn meanwhile: at first that is a matter of moments. For the mover's thread.
 */
final class Heir {

  private static final long BRIEF_MILLIS = 20;
  private static final long LATER_MILLIS = 200;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final BooleanSupplier removal;
  private final LongSupplier nanoTime;
  private final long began;
  private long nextAt;
  private boolean done;

  /**
   * Of one native consumer, which begins to join.
   *
   * @param removal removes what there is; answers whether nothing is left for certain
   * @param nanoTime the clock
   */
  Heir(BooleanSupplier removal, LongSupplier nanoTime) {
    this.removal = removal;
    this.nanoTime = nanoTime;
    began = nanoTime.getAsLong();
    nextAt = began;
  }

  /** A poll is over. */
  void polled(boolean hasTurn) {
    done |= hasTurn;
    if (!done && nanoTime.getAsLong() - nextAt >= 0) {
      done = removal.getAsBoolean();
      nextAt =
          nanoTime.getAsLong() + (isNew() ? Duration.ofMillis(BRIEF_MILLIS).toNanos() : SECOND);
    }
  }

  /** Whether it has the turn, or has nothing to remove any more. */
  boolean isDone() {
    return done;
  }

  /** How long a poll may last while it is not done. */
  Duration patience() {
    return Duration.ofMillis(isNew() ? BRIEF_MILLIS : LATER_MILLIS);
  }

  private boolean isNew() {
    return nanoTime.getAsLong() - began < SECOND;
  }
}
