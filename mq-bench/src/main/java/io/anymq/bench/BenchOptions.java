package io.anymq.bench;

import java.util.List;
import java.util.OptionalInt;

/**
 * What to measure.
 *
 * @param backends the names of the backends, in order; at least one
 * @param rounds how many rounds are counted; at least 1, {@value #DEFAULT_ROUNDS} by default
 * @param messages how many messages each case has; at least 1; empty: as many as are sent in about
 *     two seconds
 */
public record BenchOptions(List<String> backends, int rounds, OptionalInt messages) {

  /** Enough for a median and a spread. */
  public static final int DEFAULT_ROUNDS = 5;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException when a backend is unknown or a number is too small
   */
  public BenchOptions {
    if (backends.isEmpty()) {
      throw new IllegalArgumentException("Name at least one of " + BenchBackend.labels());
    }
    backends.forEach(BenchBackend::of);
    if (rounds < 1) {
      throw new IllegalArgumentException("The number of rounds must be at least 1, not " + rounds);
    }
    if (messages.isPresent() && messages.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "The number of messages must be at least 1, not " + messages.getAsInt());
    }
    backends = List.copyOf(backends);
  }

  /** All backends, all defaults. */
  public static BenchOptions defaults() {
    return new BenchOptions(BenchBackend.labels(), DEFAULT_ROUNDS, OptionalInt.empty());
  }
}
