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

  private Pauses() {}

  static void brief(String doing) {
    try {
      TimeUnit.MILLISECONDS.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted while " + doing, e);
    }
  }
}
