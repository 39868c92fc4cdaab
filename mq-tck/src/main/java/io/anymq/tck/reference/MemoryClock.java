package io.anymq.tck.reference;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does things later, for all brokers in memory, on one thread. */
final class MemoryClock {

  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "memory-clock");
            thread.setDaemon(true);
            return thread;
          });

  private MemoryClock() {}

  static void after(Duration delay, Runnable task) {
    var unused = TIMER.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
