package io.anymq.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for threads to end, and keeps interrupts away from what has to be done in order. */
final class Threads {

  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  /** Enough to wait for many brokers' answers, and few for a machine. */
  private static final int MOST_SIDE_BY_SIDE = 16;

  private Threads() {}

  /**
   * Waits until a thread has ended, but not for the calling thread itself. An interrupt does not
   * end the wait, which is bounded, and stays set.
   *
   * @param thread the thread
   * @param deadline of {@link System#nanoTime()}
   */
  static void join(Thread thread, long deadline) {
    if (!thread.equals(Thread.currentThread())) {
      shielded(() -> joinAll(thread, deadline));
    }
  }

  private static void joinAll(Thread thread, long deadline) {
    boolean interrupted = false;
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    while (millis > 0 && thread.isAlive()) {
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a task on a thread of its own, which keeps no program alive. */
  static Thread start(String name, Runnable task) {
    Thread thread = daemon(name, task);
    thread.start();
    return thread;
  }

  /** A thread that keeps no program alive, and that is not started yet. */
  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Does something with each of many, side by side, and waits until that is done.
   *
   * @param name of the threads that do it
   * @param all with what
   * @param action fails for one alone
   * @param deadline of {@link System#nanoTime()}, after which nobody waits
   */
  static <T> void sideBySide(String name, List<T> all, Consumer<T> action, long deadline) {
    if (all.size() < 2) {
      all.forEach(action);
      return;
    }
    ExecutorService some =
        Executors.newFixedThreadPool(
            Math.min(all.size(), MOST_SIDE_BY_SIDE),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    all.forEach(each -> some.execute(() -> doQuietly(action, each)));
    some.shutdown();
    awaitEnd(some, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
  }

  private static <T> void doQuietly(Consumer<T> action, T with) {
    try {
      action.accept(with);
    } catch (RuntimeException e) {
      LOG.warn("Closing went on after a failure", e);
    }
  }

  /**
   * An action that is done once, however often it is asked for; whoever asks meanwhile waits until
   * it is done.
   */
  static Runnable once(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    Object turn = new Object();
    return () -> {
      synchronized (turn) {
        if (done.compareAndSet(false, true)) {
          action.run();
        }
      }
    };
  }

  /** Waits until an executor that was shut down has ended; an interrupt ends the wait. */
  static void awaitEnd(ExecutorService executor, Duration time) {
    try {
      boolean unused = executor.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Does something on an interrupted thread as on any other; the thread is interrupted afterwards.
   * The native clients give up what they have to send when they are closed by such a thread.
   */
  static void shielded(Runnable action) {
    boolean interrupted = Thread.interrupted();
    try {
      action.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
