package io.anymq.core;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that complete futures, and one that looks whether they are stuck. */
final class CompletionThreads implements Completions.Pool {

  /** How many stages may block at one time, before completions wait for one of them. */
  static final int MOST_THREADS = 64;

  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ThreadPoolExecutor threads;

  /** Looks for a stuck worker while there is one; it lives as long as there are tasks. */
  private final ScheduledThreadPoolExecutor watch;

  CompletionThreads(ThreadFactory factory) {
    watch = new ScheduledThreadPoolExecutor(1, factory);
    watch.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
    watch.allowCoreThreadTimeOut(true);
    watch.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    threads =
        new ThreadPoolExecutor(
            0,
            MOST_THREADS,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            factory);
  }

  @Override
  public void start(Runnable worker) {
    threads.execute(worker);
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public void after(Duration delay, Runnable look) throws RejectedExecutionException {
    try {
      var unused = watch.schedule(look, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (OutOfMemoryError e) {
      watch.getQueue().clear(); // or it would run all the same, beside a later one
      throw e;
    }
  }

  @Override
  public boolean end(Deadline deadline) throws InterruptedException {
    threads.shutdown();
    watch.shutdown();
    return threads.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }
}
