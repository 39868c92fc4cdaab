package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks that the builders of options share. */
final class OptionRules {

  private OptionRules() {}

  static int atLeastOne(int value, String name) {
    if (value < 1) {
      throw new InvalidOptionException(name + " must be 1 or more, not " + value);
    }
    return value;
  }

  static Duration positive(Duration value, String name) {
    requireNonNull(value, name + " must not be null");
    if (value.isZero() || value.isNegative()) {
      throw new InvalidOptionException(
          name + " must be longer than zero, not " + Durations.text(value));
    }
    return value;
  }
}
