package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** No connection could be made: nobody answers there, or not a broker of this kind. */
public class ConnectFailedException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public ConnectFailedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CONNECT_FAILED, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public ConnectFailedException(String message) {
    this(message, null);
  }
}
