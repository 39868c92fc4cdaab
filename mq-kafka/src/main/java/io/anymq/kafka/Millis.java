package io.anymq.kafka;

import java.time.Duration;

/** Durations as sockets and the native clients take them. */
final class Millis {

  private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

  private Millis() {}

  /**
   * A time-out in milliseconds: at least 1, because sockets take 0 for no limit, and at most {@link
   * Integer#MAX_VALUE}, which is 24.8 days.
   */
  static int of(Duration timeout) {
    return timeout.compareTo(LONGEST) > 0
        ? Integer.MAX_VALUE
        : (int) Math.max(1, timeout.toMillis());
  }
}
