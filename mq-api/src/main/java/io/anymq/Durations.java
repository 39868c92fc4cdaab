package io.anymq;

import java.time.Duration;

/** How messages write a length of time. */
final class Durations {

  private Durations() {}

  /** A length of time as a person writes it: {@code 30 s}, {@code 250 ms}. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
