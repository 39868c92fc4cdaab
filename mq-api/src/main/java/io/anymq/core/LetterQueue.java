package io.anymq.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters of one consumer that one queue has refused, and their common pace: a few are
 * tried at a time, the next few after a pause, and at once when one of them was taken. So a
 * thousand that wait are no storm, and none of them keeps the others back.
 */
final class LetterQueue {

  private static final Logger LOG = LoggerFactory.getLogger(LetterQueue.class);

  /** How many are tried at a time. */
  static final int FEW = 10;

  /** Between the first few that are tried because one was taken and the next few. */
  private static final Duration PACE = Duration.ofSeconds(1);

  /**
   * One that waits.
   *
   * @param delivery of what
   * @param attempt sends it, and adds it again when it is refused
   */
  private record Letter(CoreDelivery delivery, Runnable attempt) {}

  private final Threads threads;
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private boolean planned;

  /** When the next few are tried, where that is planned. */
  private Deadline next = Deadline.now();

  /** Counts the plans, of which the last one holds. */
  private long plan;

  private Deadline period = Deadline.now();
  private int inPeriod;

  LetterQueue(Threads threads) {
    this.threads = threads;
  }

  /** One was refused, and is tried again after a pause at the earliest, in its turn. */
  synchronized void add(CoreDelivery delivery, Duration pause, Runnable attempt) {
    waiting.add(new Letter(delivery, attempt));
    Deadline wanted = Deadline.in(pause);
    if (!planned || wanted.nanos() - next.nanos() < 0) {
      planFor(wanted, pause);
    }
  }

  /** One was taken: others may be, too. */
  synchronized void taken() {
    inPeriod = 0;
    if (!waiting.isEmpty() && !(planned && next.isOver())) {
      planFor(Deadline.now(), Duration.ZERO);
    }
  }

  private void planFor(Deadline when, Duration pause) {
    long mine = ++plan;
    planned = false;
    threads.after(pause, () -> threads.chore(() -> tryFew(mine, pause)));
    next = when;
    planned = true;
  }

  private void tryFew(long mine, Duration pause) {
    List<Letter> few = new ArrayList<>();
    try {
      take(few, mine, pause);
    } finally {
      few.forEach(letter -> Guard.run(letter.attempt(), e -> addAgain(letter, pause, e)));
    }
  }

  /** Takes some, and plans for the others. */
  private synchronized void take(List<Letter> few, long mine, Duration pause) {
    if (mine != plan) {
      return; // there is a later plan, for an earlier time
    }
    planned = false;
    waiting.removeIf(letter -> letter.delivery().attachment().ended()); // it comes again
    while (few.size() < FEW && !waiting.isEmpty()) {
      few.add(waiting.remove());
    }
    if (!waiting.isEmpty()) {
      Duration pace = pause.isZero() ? PACE : pause;
      planFor(Deadline.in(pace), pace);
    }
  }

  private void addAgain(Letter letter, Duration pause, Throwable why) {
    LOG.warn("A dead letter could not be sent, will retry: {}", Guard.text(why));
    add(letter.delivery(), pause.isZero() ? PACE : pause, letter.attempt());
  }

  /**
   * How long one waits that the backend keeps: the longer, the more have been refused of late, so
   * that they come again one after the other.
   */
  synchronized Duration spread(Duration pause, Duration most) {
    if (period.isOver()) {
      period = Deadline.in(pause);
      inPeriod = 0;
    }
    Duration spread = pause.plus(pause.multipliedBy(inPeriod++ / FEW));
    return spread.compareTo(most) > 0 ? most : spread;
  }
}
