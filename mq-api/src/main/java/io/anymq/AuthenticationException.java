package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The broker refused the credentials. */
public class AuthenticationException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public AuthenticationException(String message, @Nullable Throwable cause) {
    super(ErrorCode.AUTHENTICATION_FAILED, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public AuthenticationException(String message) {
    this(message, null);
  }
}
