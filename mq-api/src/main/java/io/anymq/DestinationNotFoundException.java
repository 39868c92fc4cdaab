package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The destination does not exist, and the options forbid to make it. */
public class DestinationNotFoundException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public DestinationNotFoundException(String message, @Nullable Throwable cause) {
    super(ErrorCode.DESTINATION_NOT_FOUND, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public DestinationNotFoundException(String message) {
    this(message, null);
  }
}
