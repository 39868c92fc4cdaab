package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.InvalidOptionException;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What all calls that wait have in common. The core reads the clock and blocks here, so that a
 * {@link CooperativeThread} can do both in simulated time.
 */
final class Waits {

  private static final Deadline NEVER = new Deadline(Long.MAX_VALUE);

  private Waits() {}

  static Duration requireTimeout(Duration timeout) {
    requireNonNull(timeout, "timeout must not be null");
    if (timeout.isNegative()) {
      throw new InvalidOptionException("A timeout is zero or more, not " + Texts.of(timeout));
    }
    return timeout;
  }

  static long nanoTime() {
    return Thread.currentThread() instanceof CooperativeThread thread
        ? thread.nanoTime()
        : System.nanoTime();
  }

  static Instant now() {
    return Thread.currentThread() instanceof CooperativeThread thread
        ? Instant.ofEpochMilli(thread.epochMillis())
        : Instant.now();
  }

  /** A random number from 0 up to, not including, a bound. */
  static long random(long bound) {
    return Thread.currentThread() instanceof CooperativeThread thread
        ? thread.random(bound)
        : ThreadLocalRandom.current().nextLong(bound);
  }

  /**
   * Waits on a condition, with its lock held; false when it was not fulfilled in time.
   *
   * @param done what is waited for; whatever makes it true signals the condition
   */
  static boolean until(
      ReentrantLock lock, Condition changed, BooleanSupplier done, Deadline deadline)
      throws InterruptedException {
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      lock.unlock();
      try {
        return thread.await(done, deadline.nanos());
      } finally {
        lock.lock();
      }
    }
    while (!done.getAsBoolean()) {
      if (deadline.isOver()) {
        return false;
      }
      changed.awaitNanos(deadline.remainingNanos());
    }
    return true;
  }

  /** As {@link #until(ReentrantLock, Condition, BooleanSupplier, Deadline)}, without an end. */
  static void until(ReentrantLock lock, Condition changed, BooleanSupplier done)
      throws InterruptedException {
    if (Thread.currentThread() instanceof CooperativeThread) {
      boolean unused = until(lock, changed, done, NEVER);
      return;
    }
    while (!done.getAsBoolean()) {
      changed.await();
    }
  }

  /**
   * Waits on a monitor; false when it was not fulfilled in time.
   *
   * @param done what is waited for; asked with the monitor held
   */
  static boolean until(Object monitor, BooleanSupplier done, Deadline deadline)
      throws InterruptedException {
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      return thread.await(done, deadline.nanos());
    }
    synchronized (monitor) {
      while (!done.getAsBoolean()) {
        long millis = deadline.remainingMillis();
        if (millis == 0) {
          return false;
        }
        monitor.wait(millis);
      }
      return true;
    }
  }

  /** Waits for a latch; false when it was not down in time. */
  static boolean until(CountDownLatch latch, Deadline deadline) throws InterruptedException {
    return Thread.currentThread() instanceof CooperativeThread thread
        ? thread.await(() -> latch.getCount() == 0, deadline.nanos())
        : latch.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes a permit, waiting for one if need be; false when there was none in time. */
  static boolean acquire(Semaphore permits, Deadline deadline) throws InterruptedException {
    if (permits.tryAcquire()) {
      return true;
    }
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      return thread.await(() -> permits.availablePermits() > 0, deadline.nanos())
          && permits.tryAcquire();
    }
    return permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes a lock whose holder may wait for something else meanwhile. */
  static void lock(ReentrantLock lock) {
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      lockCooperatively(lock, thread);
    } else {
      lock.lock();
    }
  }

  private static void lockCooperatively(ReentrantLock lock, CooperativeThread thread) {
    while (!lock.tryLock()) {
      awaitUninterruptibly(thread, () -> !lock.isLocked());
    }
  }

  /** As a lock and a join do: an interrupt shows when the wait is over. */
  private static void awaitUninterruptibly(CooperativeThread thread, BooleanSupplier done) {
    boolean interrupted = false;
    boolean over = false;
    while (!over) {
      try {
        over = thread.await(done, NEVER.nanos());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      thread.interrupt();
    }
  }

  /** Takes a lock; false when it was not free in time. A free one is taken at once. */
  static boolean tryLock(ReentrantLock lock, Deadline deadline) throws InterruptedException {
    if (lock.tryLock()) {
      return true;
    }
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      return thread.await(() -> !lock.isLocked(), deadline.nanos()) && lock.tryLock();
    }
    return lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for a future's value for as long as it takes. */
  static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      boolean unused = thread.await(future::isDone, NEVER.nanos());
    }
    return future.get();
  }

  /** Waits for a future's value. */
  static <T> T get(CompletableFuture<T> future, Deadline deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (Thread.currentThread() instanceof CooperativeThread thread
        && !thread.await(future::isDone, deadline.nanos())) {
      throw new TimeoutException();
    }
    return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for a future, whether this thread is interrupted or not. */
  static <T> T join(CompletableFuture<T> future) {
    if (Thread.currentThread() instanceof CooperativeThread thread) {
      awaitUninterruptibly(thread, future::isDone);
    }
    return future.join();
  }

  /** Waits for a thread to end, for a millisecond at least. */
  static void join(Thread ended, Deadline deadline) throws InterruptedException {
    if (Thread.currentThread() instanceof CooperativeThread thread
        && ended instanceof CooperativeThread other) {
      boolean unused = thread.await(other::hasEnded, deadline.nanos());
    } else {
      ended.join(Math.max(1, deadline.remainingMillis()));
    }
  }
}
