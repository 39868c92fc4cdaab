package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An option, a URL or a configuration property is unknown or has a bad value; the message names all
 * of them.
 */
public class InvalidOptionException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public InvalidOptionException(String message, @Nullable Throwable cause) {
    super(ErrorCode.INVALID_OPTION, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public InvalidOptionException(String message) {
    this(message, null);
  }
}
