package io.anymq;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The queue is full and refused the message; the message was not sent. */
public class QueueFullException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says what to do
   * @param cause the native failure, or null
   */
  public QueueFullException(String message, @Nullable Throwable cause) {
    super(ErrorCode.QUEUE_FULL, message, cause);
  }

  /**
   * Makes a failure without a cause.
   *
   * @param message a sentence that says what to do
   */
  public QueueFullException(String message) {
    this(message, null);
  }
}
