package io.anymq.tck.broker;

import org.jspecify.annotations.Nullable;

/**
 * A broker did not do what it was told: it did not start, did not stop, or ended by itself. The
 * message has the tail of its log.
 */
public class BrokerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A failure with nothing behind it. */
  public BrokerException(String message) {
    super(message);
  }

  /** A failure with what caused it. */
  public BrokerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
