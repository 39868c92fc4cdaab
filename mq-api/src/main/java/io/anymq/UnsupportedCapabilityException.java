package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** This backend, as it is configured, cannot do what was asked; nothing was sent or changed. */
public class UnsupportedCapabilityException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public UnsupportedCapabilityException(String message, @Nullable Throwable cause) {
    super(ErrorCode.UNSUPPORTED_CAPABILITY, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public UnsupportedCapabilityException(String message) {
    this(message, null);
  }
}
