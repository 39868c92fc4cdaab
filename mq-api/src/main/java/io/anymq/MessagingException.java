package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything this library throws about messaging. It carries a portable {@link
 * ErrorCode}; the native failure, where there is one, is kept as the cause.
 *
 * <p>Thrown from a send, every code but {@link ErrorCode#SEND_IN_DOUBT} says that the message was
 * <em>not sent</em>.
 */
public class MessagingException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Makes a failure.
   *
   * @param code what went wrong
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public MessagingException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * Makes a failure without a cause.
   *
   * @param code what went wrong
   * @param message a sentence that says what to do
   */
  public MessagingException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /**
   * What went wrong.
   *
   * @return the portable code
   */
  public ErrorCode code() {
    return code;
  }

  /**
   * Whether the same call may succeed later, with nothing changed by the application.
   *
   * @return whether the failure is transient
   */
  public boolean isTransient() {
    return code.isTransient();
  }
}
