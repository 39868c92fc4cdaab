package io.anymq.tck.mutants;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends that a faulty API has put off, until another call brings them about. */
final class Postponed {

  private record Send(Call call, CompletableFuture<Object> result) {}

  private final Queue<Send> sends = new ArrayDeque<>();

  /** Puts a send off; whoever cancels its future until it is done prevents it. */
  synchronized CompletableFuture<Object> add(Call call) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    sends.add(new Send(call, result));
    return result;
  }

  /** Does what was put off and is not cancelled. */
  void doAll() throws Throwable {
    for (Send next = poll(); next != null; next = poll()) {
      if (!next.result.isCancelled()) {
        transmit(next.call, next.result);
      }
    }
  }

  private synchronized @Nullable Send poll() {
    return sends.poll();
  }

  private static void transmit(Call call, CompletableFuture<Object> result) throws Throwable {
    var unused =
        future(call)
            .whenComplete(
                (sent, failure) -> {
                  if (failure == null) {
                    result.complete(sent);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
  }

  /** The future of an asynchronous send that is done now. */
  static CompletableFuture<?> future(Call call) throws Throwable {
    return Objects.requireNonNull((CompletableFuture<?>) call.proceed(), "its future");
  }
}
