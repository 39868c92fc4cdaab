package io.anymq.rabbit;

import java.time.Duration;

/** How far away the broker is, by the round trips seen. Safe for use by several threads. */
final class Distance {

  /**
   * What is shorter does not matter; it may be a busy machine's doing, and another time be less.
   */
  private static final Duration FAR = Duration.ofMillis(100);

  /** So many round trips that are all long are no accident. */
  private static final int ENOUGH = 5;

  private int seen;
  private long shortest = Long.MAX_VALUE;

  /** A round trip took so many nanoseconds. */
  synchronized void roundTrip(long nanos) {
    seen++;
    shortest = Math.min(shortest, nanos);
  }

  /** How many nanoseconds the next one takes for sure: 0 unless the broker is far away. */
  synchronized long atLeast() {
    return seen >= ENOUGH && shortest >= FAR.toNanos() ? shortest : 0;
  }
}
