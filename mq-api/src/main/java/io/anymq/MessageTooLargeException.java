package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The message is larger than allowed; it was not sent. */
public class MessageTooLargeException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public MessageTooLargeException(String message, @Nullable Throwable cause) {
    super(ErrorCode.MESSAGE_TOO_LARGE, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public MessageTooLargeException(String message) {
    this(message, null);
  }
}
