package io.anymq.zeromq;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Runs what an interrupt would damage: JeroMQ wakes its threads through channels, and Java closes a
 * channel that an interrupted thread writes to. So sockets and contexts are made and closed by
 * threads that nobody can interrupt.
 */
final class Uninterrupted {

  private Uninterrupted() {}

  /** Calls on a thread of its own, and waits; an interrupt of the caller changes nothing. */
  static <T> T call(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.get());
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "anymq-zeromq-setup");
    thread.setDaemon(true);
    thread.start();
    try {
      return result.join(); // waits on when it is interrupted, and leaves the flag set
    } catch (CompletionException e) {
      throw rethrown(e);
    }
  }

  private static RuntimeException rethrown(CompletionException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException told ? told : failure;
  }
}
