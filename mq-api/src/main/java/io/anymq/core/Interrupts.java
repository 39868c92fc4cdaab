package io.anymq.core;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/** What becomes of an {@link InterruptedException}. */
final class Interrupts {

  private Interrupts() {}

  /** Sets the thread's flag again, and says so in the portable way. */
  static MessagingException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new MessagingException(
        ErrorCode.INTERRUPTED, "The thread was interrupted while it waited", cause);
  }

  /**
   * Does what an interrupt must not cut short, such as a close. The thread's interrupt flag is
   * cleared meanwhile and set again afterwards.
   */
  static void deferred(Runnable action) {
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
