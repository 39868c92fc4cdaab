package io.anymq.kafka;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When to try something again that has failed: at once, and then after pauses that double up to a
 * limit. Not safe for use by several threads.
 */
final class GrowingPause {

  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final LongSupplier nanoTime;
  private Duration next = Duration.ZERO;
  private long notBefore;

  /** It has not failed yet. */
  GrowingPause(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    notBefore = nanoTime.getAsLong();
  }

  boolean isOver() {
    return nanoTime.getAsLong() - notBefore >= 0;
  }

  /** It has failed. */
  void grow() {
    notBefore = nanoTime.getAsLong() + next.toNanos();
    Duration doubled = next.isZero() ? SHORTEST : next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
  }

  /** It has succeeded. */
  void reset() {
    next = Duration.ZERO;
    notBefore = nanoTime.getAsLong();
  }
}
