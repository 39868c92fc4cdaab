package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The connection, session, producer or consumer is closed. */
public class ClosedException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public ClosedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.CLOSED, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public ClosedException(String message) {
    this(message, null);
  }
}
