package io.anymq;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * How many messages a queue holds.
 *
 * @param count the number of messages
 * @param counts which messages {@code count} counts
 * @param inFlight how many are with consumers, unsettled, where the backend tells it
 * @param exact whether the numbers are exact for the moment they were taken, or may lag behind
 * @param takenAt when the answer arrived
 */
public record QueueDepth(
    long count, Counting counts, OptionalLong inFlight, boolean exact, Instant takenAt) {

  /** Which messages a depth counts. */
  public enum Counting {
    /** Those that wait for a consumer; those prefetched or held by a consumer are left out. */
    READY,
    /** Those that wait, and those that are with consumers, unsettled. */
    READY_AND_IN_FLIGHT
  }
}
