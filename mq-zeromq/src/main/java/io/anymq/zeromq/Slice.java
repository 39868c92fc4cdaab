package io.anymq.zeromq;

import java.time.Duration;

/**
 * A share of the hub's time for looking through a backlog. Whoever looks asks after each step
 * whether he may go on, so that neither a long backlog nor a selector that takes its time keeps the
 * hub from others. For the hub's thread.
 */
final class Slice {

  /** Some thousands of messages, and far below what anybody notices as a pause. */
  private static final long LIMIT_NANOS = Duration.ofMillis(5).toNanos();

  private static final long MILLI_NANOS = Duration.ofMillis(1).toNanos();

  private final long begun = System.nanoTime();
  private long spent;

  boolean goesOn() {
    spent = System.nanoTime() - begun;
    return !isOver();
  }

  boolean isOver() {
    return spent > LIMIT_NANOS;
  }

  /**
   * How long others have their turn: as long as this one took, so that half of the time is theirs.
   */
  long pauseMillis() {
    return Math.max(1, spent / MILLI_NANOS);
  }
}
