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
 * Shows, line by line, how the queue empties. The depth is asked for by a thread of its own,
 * because the answer waits while the broker is away.
 */
final class Progress implements AutoCloseable {

  private static final int BAR = 20;
  private static final long DEPTH_MILLIS = 100;

  private final Console console;
  private final Connection connection;
  private final Queue orders;
  private final Workshop workshop;
  private final int rows;
  private final ScheduledExecutorService threads;
  private volatile long depth;
  private List<Future<?>> tasks = List.of();

  Progress(Console console, Connection connection, Queue orders, Workshop workshop, int rows) {
    this.console = console;
    this.connection = connection;
    this.orders = orders;
    this.workshop = workshop;
    this.rows = rows;
    this.depth = rows;
    threads =
        Executors.newScheduledThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "orders-progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  void show(Duration every) {
    long millis = every.toMillis();
    var looking =
        threads.scheduleWithFixedDelay(this::look, 0, DEPTH_MILLIS, TimeUnit.MILLISECONDS);
    var printing = threads.scheduleAtFixedRate(this::print, millis, millis, TimeUnit.MILLISECONDS);
    tasks = List.of(looking, printing);
  }

  private void look() {
    if (connection.state() == ConnectionState.OPEN) {
      try {
        depth = connection.depth(orders).count();
      } catch (MessagingException e) {
        console.event("the queue's depth is not known now: %s", e.getMessage());
      }
    }
  }

  private void print() {
    int full = (int) Math.min(BAR, (depth * BAR + rows - 1) / rows);
    console.event(
        "%-10s  [%s%s] %,6d waiting  %,6d priced  %,4d bad",
        connection.state(),
        "#".repeat(full),
        "-".repeat(BAR - full),
        depth,
        workshop.priced().count(),
        workshop.rejected());
  }

  @Override
  public void close() {
    tasks.forEach(task -> task.cancel(true));
    threads.shutdownNow();
  }
}
