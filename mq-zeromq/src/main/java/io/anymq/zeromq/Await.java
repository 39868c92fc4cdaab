package io.anymq.zeromq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits that are bounded, and end in portable exceptions. */
final class Await {

  private Await() {}

  /** Waits for a future that fails with portable exceptions only. */
  static <T> T result(CompletableFuture<T> future, Duration timeout) {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException(
          "The hub did not answer within " + timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(
          ErrorCode.INTERRUPTED, "Interrupted while waiting for the hub", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MessagingException told
          ? told
          : new MessagingException(ErrorCode.BACKEND_FAILURE, "A fault in the link", e);
    }
  }

  /** Reads an answer; that it cannot be read is a fault of the hub. */
  static <T> T read(WireReader answer, Reading<T> reading) {
    try {
      return reading.read(answer);
    } catch (MalformedFrameException e) {
      throw new MessagingException(
          ErrorCode.BACKEND_FAILURE, "The hub's answer cannot be read: " + e.getMessage(), e);
    }
  }

  /** Takes an answer apart. */
  @FunctionalInterface
  interface Reading<T> {
    T read(WireReader in) throws MalformedFrameException;
  }

  /** Waits also when the thread is interrupted, which is remembered. */
  static boolean uninterruptibly(CountDownLatch latch, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
