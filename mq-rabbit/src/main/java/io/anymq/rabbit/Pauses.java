package io.anymq.rabbit;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.concurrent.TimeUnit;

/**
 * The pause between two questions to the broker for something that takes a moment there, and of
 * which it tells nobody when it is done. Who asks again has a time limit.
 */
final class Pauses {

  private static final long MILLIS = 20;

  /** How often a pause doubles at most: up to 320 ms. */
  private static final int MOST_DOUBLINGS = 4;

  private Pauses() {}

  static void brief(String doing) {
    sleep(MILLIS, doing);
  }

  /**
   * Longer each time, for what the broker logs with each question.
   *
   * @param times how many pauses came before
   */
  static void growing(int times, String doing) {
    sleep(MILLIS << Math.min(times, MOST_DOUBLINGS), doing);
  }

  private static void sleep(long millis, String doing) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted while " + doing, e);
    }
  }
}
