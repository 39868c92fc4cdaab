package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.MessagingException;
import io.anymq.Queue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows, line by line, how the queue fills and empties: a line for each step, and at least one
 * every two seconds. The depth is asked for by a thread of its own, because the answer waits while
 * the broker is away.
 */
final class Progress implements AutoCloseable {

  private static final int BAR = 10;
  private static final int STEPS = 12;
  private static final Duration SILENCE = Duration.ofSeconds(2);
  private static final long INTERVAL_MILLIS = 100;

  private final Console console;
  private final Connection connection;
  private final Queue orders;
  private final int rows;
  private final Desk desk;
  private final Workshop workshop;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(2, Progress::thread);
  private final List<Future<?>> tasks;
  private volatile long depth;
  private long shownDepth;
  private long shownAt = System.nanoTime();

  Progress(
      Console console,
      Connection connection,
      Queue orders,
      int rows,
      Desk desk,
      Workshop workshop) {
    this.console = console;
    this.connection = connection;
    this.orders = orders;
    this.rows = rows;
    this.desk = desk;
    this.workshop = workshop;
    tasks = List.of(repeat(this::look), repeat(this::show));
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "orders-progress");
    thread.setDaemon(true);
    return thread;
  }

  private Future<?> repeat(Runnable task) {
    return threads.scheduleWithFixedDelay(
        task, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (connection.state() == ConnectionState.OPEN) {
      try {
        depth = connection.depth(orders).atRest();
      } catch (MessagingException e) {
        console.event("the queue's depth is not known now: %s", e.getMessage());
      }
    }
  }

  private void show() {
    boolean moved = Math.abs(depth - shownDepth) * STEPS >= rows;
    if (moved || System.nanoTime() - shownAt >= SILENCE.toNanos()) {
      shownDepth = depth;
      shownAt = System.nanoTime();
      print(shownDepth);
    }
  }

  private void print(long waiting) {
    int full = (int) Math.min(BAR, (waiting * BAR + rows - 1) / rows);
    console.event(
        "%-10s [%s%s] %,5d sent %,5d waiting %,5d priced %,4d bad",
        connection.state(),
        "#".repeat(full),
        "-".repeat(BAR - full),
        desk.confirmed(),
        waiting,
        workshop.priced().count(),
        workshop.rejected());
  }

  @Override
  public void close() {
    tasks.forEach(task -> task.cancel(true));
    threads.shutdownNow();
  }
}
