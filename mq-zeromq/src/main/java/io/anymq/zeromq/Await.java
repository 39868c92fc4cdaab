package io.anymq.zeromq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits that are bounded, and end in portable exceptions. */
final class Await {

  private Await() {}

  /** Waits for a future that fails with portable exceptions only. */
  static <T> T result(CompletableFuture<T> future, Duration timeout) {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException("The hub did not answer within " + text(timeout), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted("The thread was interrupted while it waited for the hub", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MessagingException told
          ? told
          : new MessagingException(ErrorCode.BACKEND_FAILURE, "A fault in the link", e);
    }
  }

  /**
   * Refuses to begin what may wait when the calling thread is interrupted: then nothing is done.
   *
   * @throws MessagingException with {@link ErrorCode#INTERRUPTED}
   */
  static void requireNoInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted("The thread is interrupted, and nothing was asked of the hub", null);
    }
  }

  private static MessagingException interrupted(
      String sentence, @Nullable InterruptedException cause) {
    return new MessagingException(ErrorCode.INTERRUPTED, sentence, cause);
  }

  /**
   * Waits as {@link #result} does, also when the waiting thread is interrupted, which is
   * remembered: for what is to end in order.
   */
  static <T> T resultOfEnd(CompletableFuture<T> future, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return result(future, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        } catch (MessagingException e) {
          if (e.code() != ErrorCode.INTERRUPTED) {
            throw e;
          }
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A length of time as a person writes it: {@code 30 s}, {@code 250 ms}. */
  static String text(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
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

  /**
   * Waits for a thread's end, also when the waiting thread is interrupted, which is remembered.
   *
   * @return whether it has ended
   */
  static boolean end(Thread thread, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    while (thread.isAlive() && deadline - System.nanoTime() > 0) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
