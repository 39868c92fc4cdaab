package io.anymq.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A window of unconfirmed sends for the native clients that have none: {@link #enter} before each
 * send, {@link #confirm} when the broker has confirmed. Confirmed by any thread, entered by one.
 */
final class Confirmations {

  private final Semaphore window;
  private final int total;
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger confirmed = new AtomicInteger();

  Confirmations(int total, int window) {
    this.total = total;
    this.window = new Semaphore(window);
  }

  /**
   * Waits for a place in the window.
   *
   * @throws BenchException when none gets free in time, or a send failed
   */
  void enter() throws InterruptedException {
    if (!window.tryAcquire()
        && !window.tryAcquire(Contender.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new BenchException("No confirmation came within " + Contender.LIMIT + ": " + this);
    }
    check();
  }

  /** So many more are confirmed. */
  void confirm(int count) {
    window.release(count);
    if (confirmed.addAndGet(count) >= total) {
      end.countDown();
    }
  }

  /** A send failed, and with it the measurement. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    window.release();
    end.countDown();
  }

  /**
   * Waits until all are confirmed.
   *
   * @throws BenchException when they are not in time, or a send failed
   */
  void awaitAll() throws InterruptedException {
    boolean ended = end.await(Contender.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    check();
    if (!ended || confirmed.get() != total) {
      throw new BenchException(
          "Not all sends were confirmed within " + Contender.LIMIT + ": " + this);
    }
  }

  private void check() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new BenchException("A send failed: " + cause, cause);
    }
  }

  @Override
  public String toString() {
    return "to be sent " + total + ", confirmed " + confirmed;
  }
}
