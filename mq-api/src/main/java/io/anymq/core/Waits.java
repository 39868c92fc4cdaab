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
}
