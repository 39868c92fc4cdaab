package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a released message waits before it is delivered again: the same time each time, or a
 * growing one.
 *
 * @param first the wait after the first delivery; zero: none
 * @param multiplier what each further delivery multiplies it by; 1 or more
 * @param max the longest wait
 */
public record RedeliveryDelay(Duration first, double multiplier, Duration max) {

  /** No wait: a released message comes again at once. */
  public static final RedeliveryDelay NONE = constant(Duration.ZERO);

  /**
   * A tenth of a second, doubled each time, up to 10 seconds. With the default of ten deliveries a
   * message is tried for half a minute, which a short failure of what its handler depends on does
   * not outlast.
   */
  public static final RedeliveryDelay DEFAULT =
      exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(10));

  /**
   * Makes a delay.
   *
   * @throws InvalidOptionException when the first wait is negative or longer than the longest, or
   *     the multiplier is below 1
   */
  public RedeliveryDelay {
    requireNonNull(first, "first must not be null");
    requireNonNull(max, "max must not be null");
    OptionRules.notEndless(max, "The longest redelivery delay");
    if (first.isNegative() || first.compareTo(max) > 0) {
      throw new InvalidOptionException(
          "A redelivery delay begins with zero or more and ends at its maximum: not %s and %s"
              .formatted(Durations.text(first), Durations.text(max)));
    }
    if (!(multiplier >= 1)) {
      throw new InvalidOptionException(
          "The multiplier of a redelivery delay must be 1 or more, not " + multiplier);
    }
  }

  /** The same wait each time. */
  public static RedeliveryDelay constant(Duration wait) {
    requireNonNull(wait, "wait must not be null");
    return new RedeliveryDelay(wait, 1, wait);
  }

  /** A wait that grows with each delivery, up to a longest one. */
  public static RedeliveryDelay exponential(Duration first, double multiplier, Duration max) {
    return new RedeliveryDelay(first, multiplier, max);
  }

  /**
   * The wait of a message.
   *
   * @param deliveries how often it has been delivered, 1 or more
   * @return how long it waits now, in milliseconds' steps
   */
  public Duration after(int deliveries) {
    double millis = first.toMillis() * Math.pow(multiplier, deliveries - 1.0);
    return millis < max.toMillis() ? Duration.ofMillis((long) millis) : max;
  }
}
