package io.anymq.core;

import io.anymq.Options;
import java.time.Duration;

/**
 * Paces how often a producer or consumer is opened again that breaks while its link lives: at once
 * where it has done some work since it was opened, and otherwise after pauses that grow. A broker
 * that takes a consumer and ends it at once would keep both sides busy for nothing.
 */
final class Relapses {

  /** What has lasted for so long is no relapse. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private final Options options;
  private Deadline calm = Deadline.now();
  private Backoff backoff;
  private volatile boolean idle;

  Relapses(Options options) {
    this.options = options;
    this.backoff = Backoff.of(options);
  }

  /** It works: a message was confirmed or delivered. */
  void worked() {
    if (idle) {
      idle = false;
    }
  }

  /** It has broken: the pause until it is opened again. */
  synchronized Duration pause() {
    boolean relapse = idle && !calm.isOver();
    if (!relapse) {
      backoff = Backoff.of(options);
    }
    Duration pause = relapse ? backoff.next() : Duration.ZERO;
    calm = Deadline.in(CALM.plus(pause));
    idle = true;
    return pause;
  }
}
