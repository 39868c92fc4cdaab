package io.anymq.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment by which something must have happened, on the monotonic clock.
 *
 * @param nanos the moment, as {@link System#nanoTime} counts
 */
record Deadline(long nanos) {

  /** Far away, yet small enough that adding it to the clock does not overflow. */
  private static final Duration LONGEST = Duration.ofDays(365L * 100);

  static Deadline in(Duration time) {
    Duration bounded = time.compareTo(LONGEST) > 0 ? LONGEST : time;
    return new Deadline(Waits.nanoTime() + bounded.toNanos());
  }

  /** A later one. */
  Deadline plus(Duration time) {
    return new Deadline(nanos + time.toNanos());
  }

  static Deadline now() {
    return new Deadline(Waits.nanoTime());
  }

  long remainingNanos() {
    return Math.max(0, nanos - Waits.nanoTime());
  }

  long remainingMillis() {
    return TimeUnit.NANOSECONDS.toMillis(remainingNanos());
  }

  Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  boolean isOver() {
    return nanos - Waits.nanoTime() <= 0;
  }
}
