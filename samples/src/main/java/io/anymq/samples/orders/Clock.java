package io.anymq.samples.orders;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How long the demo has been running, and how long it may. Safe for use by several threads. */
final class Clock {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final long start = System.nanoTime();
  private final Duration limit;

  Clock(Duration limit) {
    this.limit = limit;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** What is left of the limit; a millisecond when nothing is. */
  Duration left() {
    Duration left = limit.minus(elapsed());
    return left.toMillis() < 1 ? Duration.ofMillis(1) : left;
  }

  /**
   * Waits until something is so.
   *
   * @throws IllegalStateException when it is not so within the limit
   */
  void await(BooleanSupplier done, String what) throws InterruptedException {
    while (!done.getAsBoolean()) {
      if (elapsed().compareTo(limit) > 0) {
        throw new IllegalStateException(
            "After %d s still waiting until %s; is the broker up?"
                .formatted(limit.toSeconds(), what));
      }
      pass(LOOK_AGAIN);
    }
  }

  /** Lets time pass. */
  static void pass(Duration time) throws InterruptedException {
    if (!time.isZero()) {
      Thread.sleep(time.toMillis());
    }
  }
}
