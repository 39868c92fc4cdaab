package io.anymq.tck.broker;

import org.jspecify.annotations.Nullable;

/**
 * This way of getting a broker is not open on this machine, and the message says in one sentence
 * why.
 *
 * <p>Thrown by a {@link BrokerStrategy}, it makes the provisioner try the next one; thrown by the
 * {@link BrokerProvisioner}, it says that there is none left.
 */
public class BrokerUnavailableException extends BrokerException {

  private static final long serialVersionUID = 1L;

  /** A way that is closed. */
  public BrokerUnavailableException(String message) {
    super(message);
  }

  /** A way that is closed, with what showed it. */
  public BrokerUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
