package io.anymq.activemq;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that calls a native connection. The native client takes an interrupt of the thread
 * that waits for an answer for a failure of the transport, and an interrupt of a virtual thread
 * that writes closes the socket: so no thread of the application ever gets there. A thread that
 * waits for this one can give up at any time, also while the network pushes back.
 *
 * <p>What waits here is bounded by the send windows, the prefetches and the threads that wait.
 */
final class WireThread {

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final ThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;

  WireThread() {
    String name = "anymq-activemq-wire-" + NUMBERS.incrementAndGet();
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              thread = made;
              return made;
            });
  }

  /** Whether the calling thread is this one, which must not wait for itself. */
  boolean isCurrent() {
    return Thread.currentThread().equals(thread);
  }

  /**
   * Runs a task after those that were given before.
   *
   * @return false when the thread has ended, so that the task does not run
   */
  boolean execute(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // ended
    }
  }

  /** Makes something; the future fails with what the supplier throws. */
  <T> CompletableFuture<T> supply(Supplier<T> supplier) {
    return CompletableFuture.supplyAsync(supplier, executor);
  }

  /** Takes no more tasks; ends when it has run those that it has. */
  void end() {
    executor.shutdown();
  }

  /** Whether it has taken its last task, and run it. */
  boolean hasEnded() {
    return executor.isTerminated();
  }
}
