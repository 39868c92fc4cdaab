package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** No connection could be made: nobody answers there, or not a broker of this kind. */
public class ConnectFailedException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  private final boolean lasting;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public ConnectFailedException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private ConnectFailedException(String message, @Nullable Throwable cause, boolean lasting) {
    super(ErrorCode.CONNECT_FAILED, message, cause);
    this.lasting = lasting;
  }

  /**
   * A failure that no later attempt mends: wrong settings of TLS, a virtual host that is not there.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   * @return the failure; it is not transient
   */
  public static ConnectFailedException lasting(String message, @Nullable Throwable cause) {
    return new ConnectFailedException(message, cause, true);
  }

  @Override
  public boolean isTransient() {
    return !lasting && super.isTransient();
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
