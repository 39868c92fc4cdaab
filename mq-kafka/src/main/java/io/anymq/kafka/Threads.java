package io.anymq.kafka;

import java.util.concurrent.TimeUnit;

/** Waits for threads to end. */
final class Threads {

  private Threads() {}

  /**
   * Waits until a thread has ended, but not for the calling thread itself; an interrupt ends the
   * wait, and stays set.
   *
   * @param thread the thread
   * @param deadline of {@link System#nanoTime()}
   */
  static void join(Thread thread, long deadline) {
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis > 0) {
        thread.join(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
