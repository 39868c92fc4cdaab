package io.anymq.core;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the futures that the application holds, one after the other, on threads that belong to
 * nobody else: what depends on a future runs there, and may block. One thread works at a time. When
 * it makes no progress between two ticks of the timer, another takes over what waits.
 */
final class Completions {

  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

  /** How long a stage may run until another thread takes over what waits behind it, twice. */
  static final Duration TICK = Duration.ofMillis(100);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** The worker whose turn it is; none: there is nothing to do. */
  private final AtomicReference<@Nullable Worker> current = new AtomicReference<>();

  private final Pool threads;
  private final AtomicBoolean watching = new AtomicBoolean();

  /** Where workers run. */
  interface Pool {

    /**
     * Runs a worker on a thread of its own.
     *
     * @throws RejectedExecutionException when there are too many, or there is to be none any more
     * @throws OutOfMemoryError when there is no thread to be had now
     */
    void start(Runnable worker);

    boolean isShutdown();

    /**
     * Runs something that does not block, later.
     *
     * @throws RejectedExecutionException when nothing is to run any more
     * @throws OutOfMemoryError when there is no thread to be had now; it does not run then
     */
    void after(Duration delay, Runnable look);

    /** Takes nothing more; false when a worker still ran in the end. */
    boolean end(Deadline deadline) throws InterruptedException;
  }

  Completions(Pool threads) {
    this.threads = threads;
  }

  /** Runs a task after those that were given before; returns at once. */
  void execute(Runnable task) {
    tasks.add(task);
    if (current.get() == null) {
      begin(null);
    }
  }

  /** Begins, where there is something to do that could not begin when it came. */
  void revive() {
    if (current.get() == null && !tasks.isEmpty()) {
      begin(null);
    }
  }

  private void begin(@Nullable Worker stuck) {
    Worker next = new Worker();
    if (current.compareAndSet(stuck, next)) {
      watch(); // first, for it tries again what fails here
      try {
        threads.start(next);
      } catch (RejectedExecutionException e) {
        refused(next, stuck, e);
      } catch (OutOfMemoryError e) {
        LOG.warn("No thread to complete futures can be started now, will retry: {}", e.toString());
        boolean unused = current.compareAndSet(next, stuck);
      }
    }
  }

  private void refused(Worker next, @Nullable Worker stuck, RejectedExecutionException why) {
    if (threads.isShutdown()) {
      next.run(); // the link is closed, and its threads have nothing else to do
    } else {
      LOG.debug("All threads that complete futures are in stages that block", why);
      current.set(stuck);
    }
  }

  private void watch() {
    if (watching.compareAndSet(false, true)) {
      try {
        threads.after(TICK, this::look);
      } catch (RejectedExecutionException e) {
        LOG.debug("The connection has ended, and its last futures complete in their order", e);
      } catch (OutOfMemoryError e) {
        watching.set(false);
        LOG.warn("No thread to watch over futures can be started now: {}", e.toString());
      }
    }
  }

  private void look() {
    tick();
    watching.set(false);
    if (current.get() != null || !tasks.isEmpty()) {
      watch();
    }
  }

  /** Looks whether the worker is stuck in a stage while others wait. */
  void tick() {
    Worker worker = current.get();
    if (worker == null) {
      revive();
    } else if (worker.isStuck() && !tasks.isEmpty()) {
      begin(worker);
    }
  }

  /** Waits until there is nothing to do, and takes nothing more; false when there still was. */
  boolean end(Deadline deadline) throws InterruptedException {
    CountDownLatch last = new CountDownLatch(1);
    execute(last::countDown);
    boolean done = Waits.until(last, deadline);
    return threads.end(deadline) && done;
  }

  private final class Worker implements Runnable {

    /** Written by the worker's thread alone. */
    private volatile long done;

    /** Written by the timer's thread alone. */
    private long seen = -1;

    boolean isStuck() {
      long now = done;
      boolean stuck = now == seen;
      seen = now;
      return stuck;
    }

    @Override
    public void run() {
      do {
        Runnable task = isCurrent() ? tasks.poll() : null;
        while (task != null) {
          run(task);
          task = isCurrent() ? tasks.poll() : null;
        }
        // Whoever adds a task from now on sees that nobody works, or this worker sees the task.
      } while (current.compareAndSet(this, null)
          && !tasks.isEmpty()
          && current.compareAndSet(null, this));
    }

    private boolean isCurrent() {
      return current.get() == this;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void run(Runnable task) {
      try {
        task.run();
      } catch (Throwable e) { // a stage of the application's may throw anything
        LOG.error("Completing a future failed", e);
      }
      done++;
    }
  }
}
