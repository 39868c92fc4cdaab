package io.anymq.core;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Eventually() {}

  static void until(String what, BooleanSupplier condition) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (deadline.isOver()) {
        fail("Not within %d s: %s", PATIENCE.toSeconds(), what);
      }
      LockSupport.parkNanos(500_000);
    }
  }

  /**
   * Fails when a call that takes an object's lock for a moment does not return on another thread.
   */
  static void returnsElsewhere(String what, Runnable call) {
    Thread other = waiting(call);
    until(what + " returns on another thread", () -> !other.isAlive());
  }

  /** Runs an action on a thread of its own, and waits until that thread waits, or has ended. */
  static Thread waiting(Runnable action) {
    Thread thread = new Thread(action, "waits");
    thread.setDaemon(true);
    thread.start();
    until(
        "the thread waits",
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING, TERMINATED -> true;
              default -> false;
            });
    return thread;
  }
}
