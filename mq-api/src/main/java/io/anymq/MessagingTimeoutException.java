package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The time limit ran out before anything was done. */
public class MessagingTimeoutException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public MessagingTimeoutException(String message, @Nullable Throwable cause) {
    super(ErrorCode.TIMEOUT, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public MessagingTimeoutException(String message) {
    this(message, null);
  }
}
