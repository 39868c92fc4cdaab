package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/** The pause between two questions to the cluster for something that takes a moment there. */
final class Pauses {

  private static final long MILLIS = 20;

  private Pauses() {}

  static void brief(String doing) {
    try {
      Thread.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted " + doing, e);
    }
  }
}
