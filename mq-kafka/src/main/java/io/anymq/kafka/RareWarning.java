package io.anymq.kafka;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings of one kind, of which there may be thousands: the first is logged with its cause in one
 * line, and then one a minute at most, which says how many there were. Safe for use by several
 * threads.
 */
final class RareWarning {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private long nextAt = System.nanoTime();
  private int silent;

  RareWarning(Class<?> of) {
    log = LoggerFactory.getLogger(of);
  }

  /** Logs, or counts. The trace of the failure is logged at DEBUG. */
  void warn(String what, Throwable failure) {
    log.debug("{}", what, failure);
    int before = countIfSoon();
    if (before == 0) {
      log.warn("{}: {}", what, text(failure));
    } else if (before > 0) {
      log.warn("{}: {} ({} more of this kind since)", what, text(failure), before);
    }
  }

  /** Nothing more of this kind comes: says how many were not logged. */
  void end(String what) {
    int left = takeSilent();
    if (left > 0) {
      log.warn("{}: {} more of this kind", what, left);
    }
  }

  private synchronized int takeSilent() {
    int left = silent;
    silent = 0;
    return left;
  }

  /** How many were not logged since the last that was; less than 0: this one is not, either. */
  private synchronized int countIfSoon() {
    if (System.nanoTime() - nextAt < 0) {
      silent++;
      return -1;
    }
    nextAt = System.nanoTime() + PAUSE_NANOS;
    return takeSilent();
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
