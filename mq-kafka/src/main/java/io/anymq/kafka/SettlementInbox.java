package io.anymq.kafka;

import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is asked of a lane, in the order it was asked. Any thread adds; the lane's thread takes.
 *
 * <p>Settlements come in small groups, and to wake the lane for each costs more than to apply it:
 * with a thousand deliveries under way the lane was woken sixteen times, and preempted the listener
 * each time. So it is woken for the first, and then when all that it waits for is there, or when
 * what is there has waited for a while.
 */
final class SettlementInbox {

  /** What becomes of deliveries. */
  enum Fate {
    /** The application accepts. */
    ACCEPT,
    /** The application gives back. */
    RELEASE,
    /** The core keeps it for a while, out of the prefetch. */
    PARK,
    /** It counts towards the prefetch again. */
    UNPARK,
    /** That the application has had it is noted, and it is given back. */
    NOTED,
    /** A copy of it is stored. */
    COPIED,
    /** A copy of it could not be written. */
    NOT_COPIED;

    static Fate of(Outcome outcome) {
      return outcome == Outcome.ACCEPT ? ACCEPT : RELEASE;
    }
  }

  /** What becomes of some deliveries. */
  record Settlement(Fate fate, List<? extends InboundDelivery> deliveries) {}

  /** What comes so close together is taken together. */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Settlement> waiting = new ArrayList<>();
  private int deliveries;
  private int full;
  private boolean urgent;
  private boolean closed;

  /** Refuses when the lane takes nothing any more. */
  boolean add(Settlement settlement) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      waiting.add(settlement);
      deliveries += settlement.deliveries().size();
      if (waiting.size() == 1 || deliveries >= full) {
        changed.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Everything that is there, and takes nothing from now on. */
  List<Settlement> close() {
    lock.lock();
    try {
      closed = true;
      return empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the wait of the lane's thread, now or the next. */
  void wake() {
    lock.lock();
    try {
      urgent = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for settlements.
   *
   * @param nanos how long for the first
   * @param enough how many deliveries need no gathering of more
   * @return what is there, nothing when the time was up or {@link #wake} was called
   */
  List<Settlement> take(long nanos, int enough) throws InterruptedException {
    lock.lock();
    try {
      full = enough;
      await(nanos, 1);
      if (!waiting.isEmpty()) {
        await(GATHER_NANOS, enough);
      }
      urgent = false;
      return empty();
    } finally {
      lock.unlock();
    }
  }

  /** Everything that is there, without a wait. */
  List<Settlement> takeAll() {
    lock.lock();
    try {
      return empty();
    } finally {
      lock.unlock();
    }
  }

  private void await(long nanos, int enough) throws InterruptedException {
    long left = nanos;
    while (deliveries < enough && !urgent && left > 0) {
      left = changed.awaitNanos(left);
    }
  }

  private List<Settlement> empty() {
    List<Settlement> taken = waiting;
    waiting = new ArrayList<>();
    deliveries = 0;
    return taken;
  }
}
