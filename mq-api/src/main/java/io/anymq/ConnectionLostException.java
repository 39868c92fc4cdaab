package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The connection broke and did not come back within the time limit of the call. */
public class ConnectionLostException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public ConnectionLostException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CONNECTION_LOST, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public ConnectionLostException(String message) {
    this(message, null);
  }
}
