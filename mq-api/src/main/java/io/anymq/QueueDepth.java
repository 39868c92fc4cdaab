package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * How many messages a queue holds, in numbers that each mean the same on every backend. A number is
 * absent where the backend does not tell it, and never replaced by another.
 *
 * @param ready how many wait for a consumer
 * @param inFlight how many are with consumers, prefetched or held, and unsettled
 * @param total how many there are, ready and in flight together
 * @param exact whether the numbers are exact for the moment they were taken, or may lag behind
 * @param takenAt when the answer arrived
 */
public record QueueDepth(
    OptionalLong ready, OptionalLong inFlight, OptionalLong total, boolean exact, Instant takenAt) {

  /**
   * A depth.
   *
   * @throws IllegalArgumentException when neither {@code ready} nor {@code total} is present
   */
  public QueueDepth {
    requireNonNull(ready, "ready must not be null");
    requireNonNull(inFlight, "inFlight must not be null");
    requireNonNull(total, "total must not be null");
    requireNonNull(takenAt, "takenAt must not be null");
    if (ready.isEmpty() && total.isEmpty()) {
      throw new IllegalArgumentException("A depth needs the ready messages or their total");
    }
  }

  /** A depth of which the backend tells the ready messages alone. */
  public static QueueDepth ofReady(long ready, boolean exact) {
    return new QueueDepth(
        OptionalLong.of(ready), OptionalLong.empty(), OptionalLong.empty(), exact, Instant.now());
  }

  /** A depth of which the backend tells the total alone. */
  public static QueueDepth ofTotal(long total, boolean exact) {
    return new QueueDepth(
        OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(total), exact, Instant.now());
  }

  /** A depth of which the backend tells everything. */
  public static QueueDepth of(long ready, long inFlight, boolean exact) {
    return new QueueDepth(
        OptionalLong.of(ready),
        OptionalLong.of(inFlight),
        OptionalLong.of(ready + inFlight),
        exact,
        Instant.now());
  }

  /**
   * The number of messages of a queue at rest, on every backend: N after N confirmed sends, while
   * no consumer is open. With consumers open it is the total where the backend tells it, otherwise
   * what is ready, and so not the same on every backend; a program that works beside consumers
   * reads {@link #ready()} and {@link #inFlight()}.
   *
   * @return the total, or the ready messages where there is no total
   */
  public long atRest() {
    return total.orElseGet(ready::orElseThrow);
  }
}
