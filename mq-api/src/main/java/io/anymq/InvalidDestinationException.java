package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A destination's name or its use is not allowed. */
public class InvalidDestinationException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public InvalidDestinationException(String message, @Nullable Throwable cause) {
    super(ErrorCode.INVALID_DESTINATION, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public InvalidDestinationException(String message) {
    this(message, null);
  }
}
