package io.anymq.samples.orders;

import io.anymq.ConnectionFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the demo runs. Immutable.
 *
 * @param backend where the messages go
 * @param file the orders; empty: {@code samples/data/orders.csv}
 * @param rows how many rows of it at most; at least 1
 * @param workers how many workers compete; at least 1
 * @param slow whether it takes its time, so that one can watch, or kill the broker in the middle
 * @param timeLimit how long all of it may take, an outage of the broker included
 */
public record OrdersOptions(
    ConnectionFactory backend,
    Optional<Path> file,
    int rows,
    int workers,
    boolean slow,
    Duration timeLimit) {

  /** How many workers there are by default. */
  public static final int DEFAULT_WORKERS = 4;

  /** How long the demo may take by default: three minutes. */
  public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(3);

  /** Checks the numbers. */
  public OrdersOptions {
    if (rows < 1 || workers < 1) {
      throw new IllegalArgumentException("There must be at least one row and one worker");
    }
  }

  /** All defaults, for one backend. */
  public static OrdersOptions of(ConnectionFactory backend) {
    return new OrdersOptions(
        backend, Optional.empty(), Integer.MAX_VALUE, DEFAULT_WORKERS, false, DEFAULT_TIME_LIMIT);
  }

  /** How long a worker needs for an order. */
  Duration pricingTime() {
    return Duration.ofMillis(slow ? 40 : 3);
  }

  /** How long it takes until the next row is there to be sent. */
  Duration readingTime() {
    return slow ? Duration.ofMillis(2) : Duration.ZERO;
  }
}
