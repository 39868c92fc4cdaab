package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The message cannot be sent as it is, or a received one could not be decoded. */
public class InvalidMessageException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public InvalidMessageException(String message, @Nullable Throwable cause) {
    super(ErrorCode.INVALID_MESSAGE, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public InvalidMessageException(String message) {
    this(message, null);
  }
}
