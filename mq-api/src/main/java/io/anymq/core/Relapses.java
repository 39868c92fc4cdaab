package io.anymq.core;

import io.anymq.Options;
import java.time.Duration;

/**
 * How long something waits until it is opened again that breaks while its link lives: not at all
 * the first time, and longer and longer where it breaks soon after each time. Otherwise a broker
 * that takes a consumer and ends it at once would have both at work for nothing else.
 */
final class Relapses {

  /** What has held for so long is as good as new. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private final Options options;
  private Deadline calm = Deadline.now();
  private Backoff backoff;

  Relapses(Options options) {
    this.options = options;
    this.backoff = Backoff.of(options);
  }

  /** It has broken: the pause until it is opened again. */
  synchronized Duration pause() {
    boolean first = calm.isOver();
    if (first) {
      backoff = Backoff.of(options);
    }
    Duration pause = first ? Duration.ZERO : backoff.next();
    calm = Deadline.in(CALM.plus(pause));
    return pause;
  }
}
