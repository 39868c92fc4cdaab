package io.anymq.bench;

import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what arrives, each number once, and takes the time from the first to the last. Fed by one
 * thread, asked by any.
 */
final class Tally {

  private final int expected;
  private final BitSet seen;
  private final CountDownLatch finished = new CountDownLatch(1);
  private int arrived;
  private int repeated;
  private long firstAt;
  private long lastAt;
  private volatile @Nullable Throwable failure;

  Tally(int expected) {
    this.expected = expected;
    this.seen = new BitSet(expected);
  }

  /**
   * Counts one.
   *
   * @return whether all have arrived
   */
  boolean add(int number) {
    if (arrived == 0 && repeated == 0) {
      firstAt = System.nanoTime();
    }
    if (number < 0 || number >= expected) {
      throw new BenchException("Message " + number + " arrived; it was never sent");
    }
    if (seen.get(number)) {
      repeated++;
      return isComplete();
    }
    seen.set(number);
    arrived++;
    if (isComplete()) {
      lastAt = System.nanoTime();
    }
    return isComplete();
  }

  /** How many messages there are to come. */
  int expected() {
    return expected;
  }

  /** Ends the waiting: all have arrived and are accepted. */
  void done() {
    finished.countDown();
  }

  /** Whether all have arrived; for the thread that counts. */
  boolean isComplete() {
    return arrived == expected;
  }

  /** Ends the waiting: nothing more will be counted. */
  void fail(Throwable cause) {
    failure = cause;
    finished.countDown();
  }

  /**
   * Waits until {@link #done} was said.
   *
   * @throws BenchException when it does not come in time, or counting failed
   */
  void await(Duration limit) throws InterruptedException {
    boolean ended = finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    Throwable cause = failure;
    if (cause != null) {
      throw new BenchException("Receiving failed: " + cause, cause);
    }
    if (!ended) {
      throw new BenchException("Not all messages arrived within " + limit + ": " + this);
    }
  }

  /**
   * The time from the first to the last, once the feeding thread is done.
   *
   * @throws BenchException when a message is missing or came twice
   */
  Duration elapsed() {
    if (!isComplete() || repeated > 0) {
      throw new BenchException("Not every message arrived exactly once: " + this);
    }
    return Duration.ofNanos(lastAt - firstAt);
  }

  @Override
  public String toString() {
    return "sent " + expected + ", arrived " + arrived + ", came again " + repeated;
  }
}
