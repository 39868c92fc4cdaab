package io.anymq.rabbit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Warnings of one kind, of which there may be one for each message or each call: the first is
 * logged, and then one a minute at most, which says how many were not. DEBUG has them all. Safe for
 * use by several threads.
 */
final class RareWarning {

  static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private long nextAt;
  private int unsaid;

  RareWarning() {
    this(System::nanoTime);
  }

  /** For tests, with a clock of their own. */
  RareWarning(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    nextAt = nanoTime.getAsLong();
  }

  /** Logs, or counts. */
  void warn(String what) {
    int others = others();
    if (others < 0) {
      NativeConnection.LOG.debug(what);
    } else if (others == 0) {
      NativeConnection.LOG.warn(what);
    } else {
      NativeConnection.LOG.warn("{} ({} more of this kind since the last line)", what, others);
    }
  }

  /** How many were not logged since the last that was; less than 0: this one is not, either. */
  private synchronized int others() {
    if (nanoTime.getAsLong() - nextAt < 0) {
      unsaid++;
      return -1;
    }
    nextAt = nanoTime.getAsLong() + PAUSE_NANOS;
    int others = unsaid;
    unsaid = 0;
    return others;
  }
}
