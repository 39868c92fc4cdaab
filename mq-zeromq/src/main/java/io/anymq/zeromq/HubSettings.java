package io.anymq.zeromq;

import io.anymq.InvalidOptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The limits of a hub, checked.
 *
 * @param memoryLimit how many bytes of messages it keeps at most
 * @param maxMessageBytes the largest encoded message it takes
 * @param heartbeat how often it sends to each peer, at least
 * @param replay how much of its topics' past it keeps
 * @param data where it keeps what is to survive it; a hub without is in memory alone
 */
record HubSettings(
    long memoryLimit,
    int maxMessageBytes,
    Duration heartbeat,
    ReplayBounds replay,
    Optional<Path> data) {

  /** A hub in memory alone. */
  HubSettings(long memoryLimit, int maxMessageBytes, Duration heartbeat, ReplayBounds replay) {
    this(memoryLimit, maxMessageBytes, heartbeat, replay, Optional.empty());
  }

  static final Duration MIN_HEARTBEAT = Duration.ofMillis(50);
  static final Duration MAX_HEARTBEAT = Duration.ofMinutes(10);

  boolean allowsHeartbeat(Duration interval) {
    return interval.compareTo(MIN_HEARTBEAT) >= 0 && interval.compareTo(MAX_HEARTBEAT) <= 0;
  }

  /**
   * Refuses limits that do not go together.
   *
   * @throws InvalidOptionException with all of them
   */
  void check() {
    if (!allowsHeartbeat(heartbeat)) {
      throw new InvalidOptionException(
          "heartbeat must be 50 ms to 10 minutes, not %d ms".formatted(heartbeat.toMillis()));
    }
    if (maxMessageBytes > Integer.MAX_VALUE - Wire.FRAME_MARGIN_BYTES) {
      throw new InvalidOptionException(
          "max-message-bytes must be %d or less, not %d"
              .formatted(Integer.MAX_VALUE - Wire.FRAME_MARGIN_BYTES, maxMessageBytes));
    }
  }

  /** How much of the heap frames may take that have come and are not done with. */
  static long incomingBytes() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /** How much of the heap frames may take that are on their way to peers. */
  static long outgoingBytes() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /**
   * How many connections it serves: their buffers take no more than half of what there is outside
   * the heap, so that the rest is left for the frames that JeroMQ reads and writes.
   */
  static int maxConnections() {
    return (int)
        Math.min(Integer.MAX_VALUE / 2, HeapCost.direct() / 2 / PeerConnections.DIRECT_BYTES);
  }

  /** The largest frame it takes. */
  int maxFrameBytes() {
    return Math.addExact(maxMessageBytes, Wire.FRAME_MARGIN_BYTES);
  }
}
