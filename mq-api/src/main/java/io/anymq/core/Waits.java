package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.InvalidOptionException;
import java.time.Duration;

/** What all calls that wait have in common. */
final class Waits {

  private Waits() {}

  static Duration requireTimeout(Duration timeout) {
    requireNonNull(timeout, "timeout must not be null");
    if (timeout.isNegative()) {
      throw new InvalidOptionException("A timeout is zero or more, not " + Texts.of(timeout));
    }
    return timeout;
  }

  /**
   * Runs a close on a thread that may have been interrupted: it is done in order all the same, and
   * the thread is interrupted afterwards as it was before.
   */
  static void undisturbed(Runnable close) {
    boolean interrupted = Thread.interrupted();
    try {
      close.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
