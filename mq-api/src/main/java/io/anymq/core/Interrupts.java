package io.anymq.core;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What becomes of an {@link InterruptedException}. */
final class Interrupts {

  private Interrupts() {}

  /** Something that is waited for. */
  interface Wait<T> {
    T await() throws InterruptedException;
  }

  /** Sets the thread's flag again, and says so in the portable way. */
  static MessagingException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new MessagingException(
        ErrorCode.INTERRUPTED, "The thread was interrupted while it waited", cause);
  }

  /**
   * Does what an earlier interrupt must not cut short. The thread's interrupt flag is cleared
   * meanwhile and set again afterwards.
   */
  static void deferred(Runnable action) {
    boolean interrupted = Thread.interrupted();
    try {
      action.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Does what no interrupt must cut short, neither an earlier one nor one that comes meanwhile,
   * such as a close: on a thread that nobody interrupts, while this one waits for it. Native
   * clients wait, too, and cannot be told to go on. Not for a thread that the action may wait for.
   */
  static void elsewhere(Threads threads, Runnable action) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    boolean started =
        threads.tryCloser(
            () -> {
              Guard.run(action, end::completeExceptionally);
              end.complete(null);
            });
    if (!started) {
      deferred(action);
      return;
    }
    try {
      Waits.join(end);
    } catch (CompletionException e) {
      throw Guard.unchecked(e.getCause() == null ? e : e.getCause());
    }
  }

  /** Waits to the end; an interrupt shows when the wait is over. */
  static <T> T waiting(Wait<T> wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.await();
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

  /** Waits for a thread to end; an interrupt shows when the wait is over. */
  static void join(Thread ended, Deadline deadline) {
    boolean unused =
        waiting(
            () -> {
              Waits.join(ended, deadline);
              return true;
            });
  }
}
