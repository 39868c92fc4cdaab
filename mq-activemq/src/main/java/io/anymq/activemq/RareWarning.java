package io.anymq.activemq;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Warnings of one kind, of which there may be thousands: the first is logged, and then one a minute
 * at most, which says how many there were. Safe for use by several threads.
 */
final class RareWarning {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private long nextAt = System.nanoTime();
  private int silent;

  RareWarning(Logger log) {
    this.log = log;
  }

  /** Logs at WARN, or counts. DEBUG has the trace of each. */
  void warn(String what, Throwable behind) {
    log.debug("{}", what, behind);
    warn(what);
  }

  /** The same, of what is no failure. */
  void warn(String what) {
    int before = countIfSoon();
    if (before == 0) {
      log.warn("{}", what);
    } else if (before > 0) {
      log.warn("{} ({} more of this kind since)", what, before);
    }
  }

  /** How many were not logged since the last that was; less than 0: this one is not, either. */
  private synchronized int countIfSoon() {
    if (System.nanoTime() - nextAt < 0) {
      silent++;
      return -1;
    }
    nextAt = System.nanoTime() + PAUSE_NANOS;
    int before = silent;
    silent = 0;
    return before;
  }
}
