package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/** The pause between two questions to the cluster for something that takes a moment there. */
final class Pauses {

  private static final long MILLIS = 20;

  /** How often a pause doubles at most: up to 640 ms. */
  private static final int MOST_DOUBLINGS = 5;

  private Pauses() {}

  static void brief(String doing) {
    sleep(MILLIS, doing);
  }

  /**
   * Longer each time, for what the native client warns of with each question.
   *
   * @param times how many pauses came before
   */
  static void growing(int times, String doing) {
    sleep(MILLIS << Math.min(times, MOST_DOUBLINGS), doing);
  }

  private static void sleep(long millis, String doing) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted " + doing, e);
    }
  }
}
