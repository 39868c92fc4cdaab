package io.anymq.core;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import java.time.Duration;

/**
 * Pauses that double up to a limit, each cut by a random part, so that clients do not come back all
 * at once.
 */
final class Backoff {

  private final Duration longest;
  private Duration pause;

  private Backoff(Duration shortest, Duration longest) {
    this.pause = shortest;
    this.longest = longest;
  }

  static Backoff of(Options options) {
    return new Backoff(
        options.get(ConnectionOptions.RECOVERY_MIN_PAUSE),
        options.get(ConnectionOptions.RECOVERY_MAX_PAUSE));
  }

  /** The next pause: between a half and the whole of its step. */
  Duration next() {
    Duration step = pause.compareTo(longest) < 0 ? pause : longest;
    pause = step.multipliedBy(2);
    long half = step.toNanos() / 2;
    return Duration.ofNanos(half + Waits.random(half + 1));
  }
}
