package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks that the builders of options share. */
final class OptionRules {

  /** The largest prefetch: RabbitMQ's protocol has 16 bits for it. */
  static final int MAX_PREFETCH = 65_535;

  /** The largest window of sends, so that its bookkeeping stays in memory. */
  static final int MAX_WINDOW = 1_000_000;

  /** The most threads of one listener: more than a process has, and a mistyped number. */
  static final int MAX_CONCURRENCY = 10_000;

  static final Duration LONGEST = Duration.ofDays(36_500);

  private OptionRules() {}

  static int atLeastOne(int value, String name) {
    return fromOne(value, Integer.MAX_VALUE, name);
  }

  static int fromOne(int value, int max, String name) {
    if (value < 1) {
      throw new InvalidOptionException(name + " must be 1 or more, not " + value);
    }
    if (value > max) {
      throw new InvalidOptionException("%s is %,d at most, not %,d".formatted(name, max, value));
    }
    return value;
  }

  static Duration positive(Duration value, String name) {
    requireNonNull(value, name + " must not be null");
    if (value.isZero() || value.isNegative()) {
      throw new InvalidOptionException(
          name + " must be longer than zero, not " + Durations.text(value));
    }
    return notEndless(value, name);
  }

  /** Sums of longer times would overflow in places. */
  static Duration notEndless(Duration value, String name) {
    if (value.compareTo(LONGEST) > 0) {
      throw new InvalidOptionException(
          name + " is a century at most, not " + value.toDays() + " days");
    }
    return value;
  }
}
