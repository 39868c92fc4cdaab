package io.anymq.zeromq;

import java.time.Duration;

/**
 * A share of the hub's time for looking through backlogs, for all queues together. Whoever looks
 * asks after each step whether he may go on, so that neither long backlogs, nor many of them, nor a
 * selector that takes its time keep the hub from others. For the hub's thread.
 */
final class Slice {

  /** How many messages are looked at, at most: some milliseconds' worth. */
  static final int MOST_STEPS = 4_096;

  /** How many of one queue, before others have had theirs. */
  private static final int STEPS_OF_A_QUEUE = 512;

  /** For selectors that take longer than others; far below what anybody notices as a pause. */
  private static final long LIMIT_NANOS = Duration.ofMillis(5).toNanos();

  private static final long MILLI_NANOS = Duration.ofMillis(1).toNanos();

  private final long begun = System.nanoTime();
  private long spent;
  private int steps;
  private int endOfTurn;
  private boolean cutShort;

  private Slice(int steps) {
    this.steps = steps;
  }

  static Slice whole() {
    return new Slice(0);
  }

  /** One that is over. */
  static Slice none() {
    return new Slice(MOST_STEPS);
  }

  /** The next queue has its turn. */
  void beginTurn() {
    endOfTurn = steps + STEPS_OF_A_QUEUE;
    cutShort = false;
  }

  /** After a step: whether there may be another one. */
  boolean goesOn() {
    steps++;
    spent = System.nanoTime() - begun;
    return mayBegin();
  }

  /** Whether there may be a step; when not, the queue is to have another turn. */
  boolean mayBegin() {
    boolean may = steps < endOfTurn && !isOver();
    cutShort |= !may;
    return may;
  }

  /** Whether the turn has ended before there was nothing more to look at. */
  boolean wasCutShort() {
    return cutShort;
  }

  boolean isOver() {
    return steps >= MOST_STEPS || spent > LIMIT_NANOS;
  }

  /**
   * How long others have their turn: as long as this one took, so that half of the time is theirs.
   */
  long pauseMillis() {
    return Math.max(1, spent / MILLI_NANOS);
  }
}
