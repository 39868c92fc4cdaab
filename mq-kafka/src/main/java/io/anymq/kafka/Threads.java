package io.anymq.kafka;

import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for threads to end, and keeps interrupts away from what has to be done in order. */
final class Threads {

  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  /** Beyond its time, for what ends a link and has nothing to wait for any more. */
  private static final Duration GRACE = Duration.ofSeconds(5);

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

  /**
   * Runs a task on a thread of its own, and by the calling thread where the machine has none left.
   */
  static void startOrRun(String name, Runnable task) {
    Thread thread = daemon(name, task);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      LOG.warn("No thread for {}, which goes on without: {}", name, e.getMessage());
      task.run();
    }
  }

  /**
   * A task that is done again and again: a clock would never come back to one that fails once. It
   * may fail each time, and few of those are told.
   *
   * @param what names it, for the log
   */
  static Runnable guarded(String what, Runnable task) {
    RareWarning warning = new RareWarning(Threads.class);
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        warning.warn(what + ": a look failed, and is repeated", e);
      }
    };
  }

  /** A thread that keeps no program alive, and that is not started yet. */
  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * An action that is done once, however often it is asked for. Whoever asks meanwhile waits until
   * it is done, for a moment.
   */
  static Runnable once(Runnable action) {
    return once(action, () -> System.nanoTime() + GRACE.toNanos());
  }

  /**
   * As {@link #once(Runnable)}.
   *
   * @param deadline of {@link System#nanoTime()}, until when somebody waits
   */
  static Runnable once(Runnable action, LongSupplier deadline) {
    return new Once(action, deadline);
  }

  private static final class Once implements Runnable {

    private final Runnable action;
    private final LongSupplier deadline;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean begun;

    Once(Runnable action, LongSupplier deadline) {
      this.action = action;
      this.deadline = deadline;
    }

    @Override
    public void run() {
      if (!tryLock(lock, deadline.getAsLong())) {
        return; // The other one will be done, or fail.
      }
      try {
        if (!begun) {
          begun = true;
          shielded(action); // An interrupt must not leave undone what nobody does again.
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits for a lock. An interrupt does not end the wait, which is bounded, and stays set.
   *
   * @param deadline of {@link System#nanoTime()}
   */
  static boolean tryLock(ReentrantLock lock, long deadline) {
    // With the flag set a timed wait fails, though the lock is free.
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
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

  /**
   * Runs a task on a thread that nobody interrupts, and waits for it: a little longer than it may
   * take. An interrupt does not end the wait, and stays set. Throws what the task throws.
   */
  static void aside(String name, Duration time, Runnable task) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread =
        daemon(
            name,
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      LOG.warn("No thread for {}, which goes on without: {}", name, e.getMessage());
      shielded(task);
      return;
    }
    join(thread, System.nanoTime() + time.plus(GRACE).toNanos());
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  /** Does all of these in their order, though one fails; then throws the first failure. */
  static void all(Runnable... steps) {
    Throwable first = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (first instanceof Error error) {
      throw error;
    }
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
