package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The unit of work was rolled back: none of its sends is visible, and its deliveries come again.
 */
public class RolledBackException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public RolledBackException(String message, @Nullable Throwable cause) {
    super(ErrorCode.ROLLED_BACK, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public RolledBackException(String message) {
    this(message, null);
  }
}
