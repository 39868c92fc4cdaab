package io.anymq.core;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes several things side by side, for as long as there is time. An adapter may take as long as
 * a question to its broker for each of them; what is not done by then goes on by itself, and ends
 * with its link.
 */
final class SideBySide {

  private static final Logger LOG = LoggerFactory.getLogger(SideBySide.class);

  private static final int MOST_THREADS = 8;

  /** What an orderly end gets when there is no time at all: settlements are handed over in it. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private SideBySide() {}

  /** Until when to wait for all that has to be closed by a deadline. */
  static Deadline limit(Deadline deadline) {
    Deadline grace = Deadline.in(GRACE);
    return deadline.nanos() - grace.nanos() > 0 ? deadline : grace;
  }

  static <T> void close(Threads threads, List<T> all, Deadline limit, Consumer<T> close) {
    Queue<T> left = new ConcurrentLinkedQueue<>(all);
    CompletableFuture<?>[] ends =
        all.stream()
            .limit(MOST_THREADS)
            .map(any -> begin(threads, left, close))
            .toArray(CompletableFuture[]::new);
    if (!await(CompletableFuture.allOf(ends), limit)) {
      LOG.warn("{} of {} are not closed in time; they end with the link", left.size(), all.size());
    }
  }

  /** Where there is no thread to be had, this one closes them one after the other. */
  private static <T> CompletableFuture<Void> begin(
      Threads threads, Queue<T> left, Consumer<T> close) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Runnable work =
        () -> {
          for (T next = left.poll(); next != null; next = left.poll()) {
            quietly(next, close);
          }
          end.complete(null);
        };
    if (!threads.tryCloser(work)) {
      work.run();
    }
    return end;
  }

  private static <T> void quietly(T closed, Consumer<T> close) {
    Guard.run(() -> close.accept(closed), e -> LOG.warn("Closing went on after a failure", e));
  }

  private static boolean await(CompletableFuture<Void> end, Deadline limit) {
    return Interrupts.waiting(
        () -> {
          try {
            Waits.get(end, limit);
            return true;
          } catch (TimeoutException e) {
            return false;
          } catch (ExecutionException e) {
            throw new IllegalStateException("A closer completes in one way only", e);
          }
        });
  }
}
