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
}
