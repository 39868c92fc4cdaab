package io.anymq.tck.scenario;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Watches threads: of the library, which are named {@code anymq-…}, and of a scenario. */
final class ThreadWatch {

  private static final int TRIES = 3;
  private static final Duration SOON = Duration.ofSeconds(1);

  private ThreadWatch() {}

  /** Those that run now. */
  static Set<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("anymq-"))
        .collect(Collectors.toSet());
  }

  /** Fails unless those that were not there before end soon. */
  static void noneBeyond(Set<Thread> before) {
    Check.eventually(
        () -> beyond(before).isEmpty(),
        "no thread named anymq-… beyond those before",
        () -> beyond(before).stream().map(Thread::getName).sorted().toList(),
        "what is left running");
  }

  /**
   * Fails when work leaves threads behind each time. What leaks does so every time; what the run's
   * own connection happens to start meanwhile, such as a helper after a loss, it starts once.
   */
  static void noneLeftBy(Runnable work) {
    for (int i = 1; i < TRIES; i++) {
      Set<Thread> before = ours();
      work.run();
      if (endSoon(before)) {
        return;
      }
    }
    Set<Thread> before = ours();
    work.run();
    noneBeyond(before);
  }

  private static boolean endSoon(Set<Thread> before) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!beyond(before).isEmpty() && System.nanoTime() - deadline < 0) {
      Check.pause();
    }
    return beyond(before).isEmpty();
  }

  /** Does something in a thread of its own, and returns when that waits for something. */
  static <T> Future<T> waiting(ScenarioContext t, Callable<T> work, String what) {
    AtomicReference<Thread> worker = new AtomicReference<>();
    Future<T> result =
        t.inThread(
            () -> {
              worker.set(Thread.currentThread());
              return work.call();
            });
    Check.eventually(
        () -> result.isDone() || waits(worker.get()), what + " to wait", worker::get, what);
    return result;
  }

  private static boolean waits(@Nullable Thread thread) {
    return thread != null
        && (thread.getState() == Thread.State.TIMED_WAITING
            || thread.getState() == Thread.State.WAITING);
  }

  private static Set<Thread> beyond(Set<Thread> before) {
    Set<Thread> now = ours();
    now.removeAll(before);
    return now;
  }
}
