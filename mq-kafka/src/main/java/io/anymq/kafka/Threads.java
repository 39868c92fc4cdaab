package io.anymq.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for threads to end, and keeps interrupts away from what has to be done in order. */
final class Threads {

  private Threads() {}

  /**
   * Waits until a thread has ended, but not for the calling thread itself. An interrupt does not
   * end the wait, which is bounded, and stays set.
   *
   * @param thread the thread
   * @param deadline of {@link System#nanoTime()}
   */
  static void join(Thread thread, long deadline) {
    if (!thread.equals(Thread.currentThread())) {
      shielded(() -> joinAll(thread, deadline));
    }
  }

  private static void joinAll(Thread thread, long deadline) {
    boolean interrupted = false;
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    while (millis > 0 && thread.isAlive()) {
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until an executor that was shut down has ended; an interrupt ends the wait. */
  static void awaitEnd(ExecutorService executor, Duration time) {
    try {
      boolean unused = executor.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Does something on an interrupted thread as on any other; the thread is interrupted afterwards.
   * The native clients give up what they have to send when they are closed by such a thread.
   */
  static void shielded(Runnable action) {
    boolean interrupted = Thread.interrupted();
    try {
      action.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
