package io.anymq.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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

  private static final String LACK = "No thread can be started now, will retry: ";

  /** Until a thread is asked for again. */
  private static final Duration LATER = Duration.ofMillis(100);

  /** What threads get to end in when a close has used up its time elsewhere. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final String prefix;
  private final AtomicInteger listeners = new AtomicInteger();
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor maintenance;
  private final ThreadPoolExecutor chores;
  private final ThreadPoolExecutor events;
  private final ThreadPoolExecutor burials;
  private final ScheduledThreadPoolExecutor settlements;
  private final Completions completions;
  private final RepeatedWarning lacks = new RepeatedWarning(LOG);

  Threads(String clientName) {
    prefix = "anymq-" + clientName + "-" + CONNECTIONS.incrementAndGet();
    timer = scheduler(prefix + "-timer");
    settlements = scheduler(prefix + "-settlements");
    completions = new Completions(new CompletionThreads(daemon(prefix + COMPLETIONS)));
    maintenance = single(prefix + "-maintenance");
    chores = passing(prefix + "-chores");
    events = passing(prefix + EVENTS);
    burials = passing(prefix + "-burials");
  }

  private ThreadPoolExecutor single(String name) {
    return new ThreadPoolExecutor(
        1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon(name));
  }

  /** One thread, which ends when it has had nothing to do for a while. */
  private ThreadPoolExecutor passing(String name) {
    ThreadPoolExecutor executor = single(name);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private ScheduledThreadPoolExecutor scheduler(String name) {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, daemon(name));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    return executor;
  }

  private ThreadFactory daemon(String name) {
    return task -> thread(task, name, true);
  }

  /** Makes each of the threads. */
  Thread thread(Runnable task, String name, boolean daemon) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(daemon);
    return thread;
  }

  /** Whether this is one of them: nobody else knows it, and so nobody interrupts it. */
  boolean isOwn() {
    return Thread.currentThread().getName().startsWith(prefix + "-");
  }

  /** Runs a task that may block, after those that were given before. */
  void maintain(Runnable task) {
    submitOrDrop(maintenance, task);
  }

  /** Runs a task that may wait for a link, after those that were given before. */
  void chore(Runnable task) {
    submitOrDrop(chores, task);
  }

  /** Calls the application's listener of events, after those that were told before. */
  void tell(Runnable task) {
    submitOrDrop(events, task);
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
    var unused = schedule(timer, delay, task);
  }

  /**
   * Settles deliveries, later. That may write to a socket, and so block while the network pushes
   * back; it must not hold up the time limits of sends.
   */
  void settleAfter(Duration delay, Runnable task) {
    var unused = schedule(settlements, delay, task);
  }

  /** Ends a burial whose letter has its outcome; that settles a delivery, and so may block. */
  void bury(Runnable task) {
    if (!submit(burials, task)) {
      Guard.run(task); // the link is closed, and there is nothing left to wait for
    }
  }

  /** Completes a future that the application holds: what depends on it runs, and may block. */
  void complete(Runnable task) {
    completions.execute(task);
  }

  /** Runs a task that does not block, later, on the timer; not when a future is done by then. */
  void unlessDone(CompletableFuture<?> future, Duration delay, Runnable task) {
    Future<?> planned = schedule(timer, delay, task);
    if (planned != null) {
      var unused = future.whenComplete((done, failure) -> planned.cancel(false));
    }
  }

  private @Nullable Future<?> schedule(
      ScheduledThreadPoolExecutor executor, Duration delay, Runnable task) {
    try {
      return executor.schedule(() -> Guard.run(task), delay.toNanos(), NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The connection is closed; a task is dropped", e);
    } catch (OutOfMemoryError e) {
      if (executor.getPoolSize() > 0) {
        throw e;
      }
      lacks.warn(LACK + e); // the task is in the queue
    }
    return null;
  }

  /** Runs a task ten times a second. */
  void everyTick(Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(
            () -> {
              Guard.run(task);
              Guard.run(this::startWhatIsMissing);
            },
            TICK_MILLIS,
            TICK_MILLIS,
            MILLISECONDS);
  }

  /** Starts the threads that could not be had when a task came. */
  private void startWhatIsMissing() {
    List.of(maintenance, chores, settlements, burials, events).forEach(this::start);
    completions.revive();
  }

  /** A thread that calls a listener. It keeps the program alive until its consumer closes. */
  Thread listenerThread(Runnable task) {
    return thread(task, prefix + "-listener-" + listeners.incrementAndGet(), false);
  }

  /** A thread that ends what cannot end itself: a close that was called from a listener. */
  Thread closerThread(Runnable task) {
    return thread(task, prefix + "-closer", true);
  }

  /** Runs a close on a thread of its own; where there is none to be had, a moment later. */
  void closer(Runnable task) {
    if (!tryCloser(task)) {
      after(LATER, () -> closer(task));
    }
  }

  /** Runs a close on a thread of its own; false when there is none to be had. */
  boolean tryCloser(Runnable task) {
    try {
      closerThread(task).start();
      return true;
    } catch (OutOfMemoryError e) {
      lacks.warn(LACK + e);
      return false;
    }
  }

  /** A thread that hands out what the consumers behind a prioritized queue have fetched. */
  Thread bandThread(Runnable task) {
    return thread(task, "anymq-bands-" + BANDS.incrementAndGet(), true);
  }

  /** Runs a task that may block beside others, on a thread of its own. */
  void beside(Runnable task) {
    thread(task, "anymq-bands-helper", true).start();
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
    for (ThreadPoolExecutor executor :
        List.of(chores, maintenance, timer, settlements, burials, events)) {
      start(executor); // what is still to be told
      if (!Interrupts.waiting(() -> hasEnded(executor, deadline.plus(GRACE)))) {
        LOG.warn("Threads of {} are still at work; they end with their present task", prefix);
      }
    }
    if (!Interrupts.waiting(() -> completions.end(deadline.plus(GRACE)))) {
      LOG.warn("Stages of {} still run; their threads end with them", prefix);
    }
  }

  private static boolean hasEnded(ExecutorService executor, Deadline deadline)
      throws InterruptedException {
    return executor.awaitTermination(deadline.remainingNanos(), NANOSECONDS);
  }

  private void submitOrDrop(ThreadPoolExecutor executor, Runnable task) {
    if (!submit(executor, task)) {
      LOG.debug("The connection is closed; a task is dropped");
    }
  }

  /**
   * Gives a task to its thread; false when that takes no more. An executor that cannot start its
   * thread throws, and forgets the task; so the task is queued first, in its order, and the thread
   * is started for it, by the next tick at the latest.
   */
  private boolean submit(ThreadPoolExecutor executor, Runnable task) {
    if (executor.isShutdown()) {
      return false;
    }
    Runnable guarded = () -> Guard.run(task);
    executor.getQueue().add(guarded);
    if (executor.isShutdown() && executor.remove(guarded)) {
      return false;
    }
    start(executor);
    return true;
  }

  /** Starts an executor's thread, unless it runs or has nothing to do. */
  private void start(ThreadPoolExecutor executor) {
    try {
      if (!executor.getQueue().isEmpty()) {
        boolean unused = executor.prestartCoreThread();
      }
    } catch (OutOfMemoryError e) {
      lacks.warn(LACK + e);
    }
  }
}
