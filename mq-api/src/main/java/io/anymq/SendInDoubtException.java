package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * It is not known whether the backend has the message: sending it again may duplicate it, not
 * sending it again may lose it.
 */
public class SendInDoubtException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public SendInDoubtException(String message, @Nullable Throwable cause) {
    super(ErrorCode.SEND_IN_DOUBT, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public SendInDoubtException(String message) {
    this(message, null);
  }
}
