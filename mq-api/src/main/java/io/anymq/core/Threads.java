package io.anymq.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection's own threads: a timer, which must never block; one that settles what waited for a
 * moment; some that complete the application's futures; a maintenance thread, which makes links and
 * all that lives on them; one for chores, which may wait for a link, and so must not be the one
 * that makes it; one that ends burials; and one that tells the application of events, and may do
 * what that likes. All are daemons: they serve, and do not keep a program alive.
 */
class Threads {

  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
  private static final AtomicInteger CONNECTIONS = new AtomicInteger();
  private static final AtomicInteger BANDS = new AtomicInteger();
  private static final long TICK_MILLIS = 100;
  private static final String EVENTS = "-events";
  private static final String COMPLETIONS = "-completions";

  /** What threads get to end in when a close has used up its time elsewhere. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final String prefix;
  private final AtomicInteger listeners = new AtomicInteger();
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService maintenance;
  private final ThreadPoolExecutor chores;
  private final ThreadPoolExecutor events;
  private final ThreadPoolExecutor burials;
  private final ScheduledThreadPoolExecutor settlements;
  private final Completions completions;

  Threads(String clientName) {
    prefix = "anymq-" + clientName + "-" + CONNECTIONS.incrementAndGet();
    timer = scheduler(prefix + "-timer");
    settlements = scheduler(prefix + "-settlements");
    completions = new Completions(new CompletionThreads(daemon(prefix + COMPLETIONS)));
    maintenance = Executors.newSingleThreadExecutor(daemon(prefix + "-maintenance"));
    chores = passing(prefix + "-chores");
    events = passing(prefix + EVENTS);
    burials = passing(prefix + "-burials");
  }

  /** One thread, which ends when it has had nothing to do for a while. */
  private static ThreadPoolExecutor passing(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon(name));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static ScheduledThreadPoolExecutor scheduler(String name) {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, daemon(name));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    return executor;
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs a task that may block, after those that were given before. */
  void maintain(Runnable task) {
    submit(maintenance, task);
  }

  /** Runs a task that may wait for a link, after those that were given before. */
  void chore(Runnable task) {
    submit(chores, task);
  }

  /** Calls the application's listener of events, after those that were told before. */
  void tell(Runnable task) {
    submit(events, task);
  }

  /** Whether this thread calls the application's listener of events. */
  boolean isTelling() {
    return Thread.currentThread().getName().equals(prefix + EVENTS);
  }

  /** Whether this thread completes a future of the application's, and runs what depends on it. */
  boolean isCompleting() {
    return Thread.currentThread().getName().equals(prefix + COMPLETIONS);
  }

  /** Runs a task that does not block, later, on the timer. */
  void after(Duration delay, Runnable task) {
    schedule(timer, delay, task);
  }

  /**
   * Settles deliveries, later. That may write to a socket, and so block while the network pushes
   * back; it must not hold up the time limits of sends.
   */
  void settleAfter(Duration delay, Runnable task) {
    schedule(settlements, delay, task);
  }

  /** Ends a burial whose letter has its outcome; that settles a delivery, and so may block. */
  void bury(Runnable task) {
    try {
      burials.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      guarded(task); // the link is closed, and there is nothing left to wait for
    }
  }

  /** Completes a future that the application holds: what depends on it runs, and may block. */
  void complete(Runnable task) {
    completions.execute(task);
  }

  /** Runs a task that does not block, later, on the timer; not when a future is done by then. */
  void unlessDone(CompletableFuture<?> future, Duration delay, Runnable task) {
    try {
      var planned = timer.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      var unused = future.whenComplete((done, failure) -> planned.cancel(false));
    } catch (RejectedExecutionException e) {
      LOG.debug("The connection is closed; a time limit is dropped", e);
    }
  }

  private static void schedule(
      ScheduledThreadPoolExecutor executor, Duration delay, Runnable task) {
    try {
      var unused = executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The connection is closed; a task is dropped", e);
    }
  }

  /** Runs a task ten times a second. */
  void everyTick(Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(() -> guarded(task), TICK_MILLIS, TICK_MILLIS, MILLISECONDS);
  }

  /** A thread that calls a listener. It keeps the program alive until its consumer closes. */
  Thread listenerThread(Runnable task) {
    Thread thread = new Thread(task, prefix + "-listener-" + listeners.incrementAndGet());
    thread.setDaemon(false);
    return thread;
  }

  /** A thread that ends what cannot end itself: a close that was called from a listener. */
  void closer(Runnable task) {
    daemon(prefix + "-closer").newThread(task).start();
  }

  /** A thread that hands out what the consumers behind a prioritized queue have fetched. */
  Thread bandThread(Runnable task) {
    return daemon("anymq-bands-" + BANDS.incrementAndGet()).newThread(task);
  }

  /** Runs a task that may block beside others, on a thread of its own. */
  void beside(Runnable task) {
    daemon("anymq-bands-helper").newThread(task).start();
  }

  /** Takes no more tasks; what runs may finish. */
  void shutdown() {
    maintenance.shutdown();
    chores.shutdown();
    timer.shutdown();
    settlements.shutdown();
    burials.shutdown();
    events.shutdown(); // what is still to be told is told
  }

  /** Takes no more tasks, and waits for the threads to end. */
  void end(Deadline deadline) {
    shutdown();
    try {
      for (ExecutorService executor :
          List.of(chores, maintenance, timer, settlements, burials, events)) {
        if (!executor.awaitTermination(deadline.plus(GRACE).remainingNanos(), NANOSECONDS)) {
          LOG.warn("Threads of {} are still at work; they end with their present task", prefix);
        }
      }
      if (!completions.end(deadline.plus(GRACE))) {
        LOG.warn("Stages of {} still run; their threads end with them", prefix);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void submit(ExecutorService executor, Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("The connection is closed; a task is dropped", e);
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) { // a listener of the application's may throw anything
      LOG.error("A task of the connection failed", e);
    }
  }
}
