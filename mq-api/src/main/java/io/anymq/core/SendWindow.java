package io.anymq.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The sends of one producer that are neither confirmed nor failed, in their order, and never more
 * than a limit. Thread-safe; its monitor is held for moments only.
 */
final class SendWindow {

  /** Added to the permits when the window closes, so that everybody who waits for room wakes up. */
  private static final int ALL_WAKE_UP = 1 << 20;

  /** How many windows of outcomes may wait to be told. */
  private static final int UNTOLD = 4;

  private final int limit;
  private final Semaphore room;
  private final Deque<PendingSend> sends = new ArrayDeque<>();
  private boolean closed;
  private long untold;

  SendWindow(int limit) {
    this.limit = limit;
    this.room = new Semaphore(limit);
  }

  int limit() {
    return limit;
  }

  /** Waits for room; false when there was none in time. */
  boolean awaitRoom(Deadline deadline) throws InterruptedException {
    return Waits.acquire(room, deadline);
  }

  /**
   * Waits until the application has been told of enough outcomes; false when it was not in time.
   */
  boolean awaitTold(Deadline deadline) throws InterruptedException {
    return Waits.until(this, () -> untold < UNTOLD * (long) limit || closed, deadline);
  }

  /** The application is to be told of one more outcome. */
  synchronized void telling() {
    untold++;
  }

  /** The application has been told of an outcome, and what depends on it has run. */
  synchronized void told() {
    untold--;
    notifyAll();
  }

  /** Frees the room that a send took. */
  void free() {
    room.release();
  }

  /** Takes a send in, for which there is room; false when the window is closed. */
  synchronized boolean add(PendingSend send) {
    if (closed) {
      return false;
    }
    forgetEnded();
    sends.addLast(send);
    return true;
  }

  private void forgetEnded() {
    while (!sends.isEmpty() && sends.getFirst().isEnded()) {
      sends.removeFirst();
    }
    if (sends.size() > 2L * limit) {
      sends.removeIf(PendingSend::isEnded);
    }
  }

  /** What is neither confirmed nor failed now. */
  List<PendingSend> undecided() {
    return select(send -> !send.isDecided());
  }

  /** What the application has not been told the outcome of. */
  List<PendingSend> unended() {
    return select(send -> !send.isEnded());
  }

  private synchronized List<PendingSend> select(Predicate<PendingSend> wanted) {
    return sends.stream().filter(wanted).toList();
  }

  /**
   * Ends what has been under way for too long. The time of a send begins before it waits for room,
   * so that one of two that wait may stand behind the other and be overdue before it.
   */
  void expire(Consumer<PendingSend> end) {
    overdue().forEach(end);
  }

  private synchronized List<PendingSend> overdue() {
    forgetEnded();
    return select(send -> !send.isDecided() && send.deadline().isOver());
  }

  /** Takes nothing more in. */
  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    room.release(ALL_WAKE_UP);
  }
}
