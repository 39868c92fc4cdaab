package io.anymq.core;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * A warning that may come thousands of times a second: the first is logged, those that follow
 * within some seconds are counted and logged at DEBUG, and the next one says how many there were.
 */
final class RepeatedWarning {

  private static final Duration QUIET = Duration.ofSeconds(5);

  private final Logger log;
  private Deadline quietUntil = Deadline.now();
  private long unsaid;

  RepeatedWarning(Logger log) {
    this.log = log;
  }

  void warn(String message) {
    long others = others();
    if (others < 0) {
      log.debug(message);
    } else {
      log.warn(others == 0 ? message : message + " (and %,d more like this)".formatted(others));
    }
  }

  /** How many have not been said, where it is time to say so; or less than 0. */
  private synchronized long others() {
    if (!quietUntil.isOver()) {
      unsaid++;
      return -1;
    }
    quietUntil = Deadline.in(QUIET);
    long others = unsaid;
    unsaid = 0;
    return others;
  }

  /** Says what has not been said, at the end. */
  void end(String about) {
    long others;
    synchronized (this) {
      others = unsaid;
      unsaid = 0;
    }
    if (others > 0) {
      log.warn("{}: {} more like this", about, others);
    }
  }
}
