package io.anymq.cli;

import io.anymq.samples.orders.OrdersDemo;
import io.anymq.samples.orders.OrdersOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the order-processing sample. */
@Command(
    name = "demo",
    header = "Process a file of orders on any backend.",
    description = {
      "Sends the orders to a queue, prices them in competing workers, publishes the results to two subscribers,"
          + " dead-letters the bad ones, and checks that the totals add up."
    })
final class DemoCommand implements Callable<Integer> {

  @Mixin private BackendOption backend;

  @Option(
      names = "--orders",
      paramLabel = "FILE",
      description = "The file of orders. Without it: samples/data/orders.csv.")
  private @Nullable Path file;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "How many rows to process at most. Without it: all.")
  private int rows = Integer.MAX_VALUE;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "How many workers compete. Without it: ${DEFAULT-VALUE}.")
  private int workers = OrdersOptions.DEFAULT_WORKERS;

  @Option(
      names = "--slow",
      description =
          "Take ten times as long: time to watch, or to kill the broker and start it again.")
  private boolean slow;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long all of it may take, such as 90s or 5m. Without it: 3m.")
  private Duration timeLimit = OrdersOptions.DEFAULT_TIME_LIMIT;

  @Override
  public Integer call() throws IOException, InterruptedException {
    OrdersOptions options =
        new OrdersOptions(
            backend.factory(), Optional.ofNullable(file), rows, workers, slow, timeLimit);
    return OrdersDemo.run(options, System.out) ? 0 : 1;
  }
}
