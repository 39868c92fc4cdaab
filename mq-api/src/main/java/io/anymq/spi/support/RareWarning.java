package io.anymq.spi.support;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings of one kind, of which there may be one for each message or each call: the first is
 * logged, and then one a minute at most, which says how many were not. DEBUG has them all. Safe for
 * use by several threads.
 */
public final class RareWarning {

  static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final LongSupplier nanoTime;
  private long nextAt;
  private int unsaid;

  /**
   * Begins with nothing unsaid.
   *
   * @param of the class whose log the warnings go to
   */
  public RareWarning(Class<?> of) {
    this(of, System::nanoTime);
  }

  /** For tests, with a clock of their own. */
  RareWarning(Class<?> of, LongSupplier nanoTime) {
    log = LoggerFactory.getLogger(of);
    this.nanoTime = nanoTime;
    nextAt = nanoTime.getAsLong();
  }

  /**
   * Logs, or counts.
   *
   * @param what a sentence
   */
  public void warn(String what) {
    int others = others();
    if (others < 0) {
      log.debug(what);
    } else if (others == 0) {
      log.warn(what);
    } else {
      log.warn("{} ({} more of this kind since)", what, others);
    }
  }

  /**
   * The same of a failure, whose text stands behind; DEBUG has its trace, too.
   *
   * @param what what has failed, as the beginning of a sentence
   * @param failure why
   */
  public void warn(String what, Throwable failure) {
    log.debug("{}", what, failure);
    String message = failure.getMessage();
    warn(what + ": " + (message == null ? failure.getClass().getSimpleName() : message));
  }

  /**
   * Nothing more of this kind comes: logs how many were not logged, where there are any.
   *
   * @param what what they were about
   */
  public void end(String what) {
    int left = takeUnsaid();
    if (left > 0) {
      log.warn("{}: {} more of this kind", what, left);
    }
  }

  private synchronized int takeUnsaid() {
    int left = unsaid;
    unsaid = 0;
    return left;
  }

  /** How many were not logged since the last that was; less than 0: this one is not, either. */
  private synchronized int others() {
    if (nanoTime.getAsLong() - nextAt < 0) {
      unsaid++;
      return -1;
    }
    nextAt = nanoTime.getAsLong() + PAUSE_NANOS;
    return takeUnsaid();
  }
}
