package io.anymq.tck.reference;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A named thread that runs tasks in order. May be used by several threads. */
final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean stopping; // the worker's own

  Worker(String name) {
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  void execute(Runnable task) {
    tasks.add(task);
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Ends after the tasks that are queued; waits for that unless it is the worker that calls. */
  void stop(Duration timeout) {
    tasks.add(() -> stopping = true);
    if (isCurrent()) {
      return;
    }
    try {
      thread.join(Math.max(1, timeout.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopping) {
        runOne(tasks.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but a dying JVM interrupts it: the thread ends
    }
  }

  private static void runOne(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("The core threw at the reference adapter, which its contract forbids", e);
    }
  }
}
