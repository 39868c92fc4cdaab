package io.anymq.activemq;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** How threads of the application wait, and what an interrupt does to that. */
final class Waits {

  private Waits() {}

  /** A wait with a time limit; whether it ended before the limit. */
  @FunctionalInterface
  interface Timed {
    boolean await(long nanos) throws InterruptedException;
  }

  /**
   * Waits for the end of something that an interrupt must not cut short. The thread's interrupt
   * flag is afterwards what it was, or set when an interrupt came meanwhile.
   *
   * @return whether it ended within the limit
   */
  static boolean uninterrupted(Duration limit, Timed wait) {
    long end = System.nanoTime() + limit.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return wait.await(Math.max(0, end - System.nanoTime()));
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

  /** A length of time as a person writes it: {@code 30 s}, {@code 250 ms}. */
  static String text(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /**
   * Does something on a thread of its own, so that an interrupt of the caller ends the waiting, and
   * nothing in the midst of what is done. Each step of that has a time limit of its own.
   *
   * @param name the thread's name
   * @param action what is done
   * @param undo takes back what was done after the caller has given up
   * @throws InterruptedException when the caller was interrupted
   */
  static <T> T aside(String name, Supplier<T> action, Consumer<T> undo)
      throws InterruptedException {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(action.get());
              } catch (Throwable e) { // is thrown by the caller
                done.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return get(done, undo);
  }

  private static <T> T get(CompletableFuture<T> done, Consumer<T> undo)
      throws InterruptedException {
    try {
      return done.get();
    } catch (InterruptedException e) {
      CompletableFuture<Void> unused = done.thenAccept(undo);
      throw e;
    } catch (ExecutionException e) {
      throw unchecked(e);
    }
  }

  /** What an action that ran elsewhere has thrown. */
  static RuntimeException unchecked(ExecutionException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
  }
}
