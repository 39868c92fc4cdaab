package io.anymq.zeromq;

import java.time.Duration;

/**
 * When to send a heartbeat, and when the other side has been silent for too long. Time is given in
 * nanoseconds of one monotonic clock. For one thread.
 *
 * <p>The one who asks may have been held up himself: a stopped process, a long garbage collection.
 * What the other side sent meanwhile waits unread, so such a pause is not counted as its silence.
 */
final class Heartbeats {

  private final long sendEvery;
  private final long limit;
  private final long heldUp;
  private long sentAt;
  private long heardAt;
  private long lookedAt;

  /**
   * Begins now.
   *
   * @param own how often this side sends, at least
   * @param others how often the other side has promised to send
   * @param now the time
   */
  Heartbeats(Duration own, Duration others, long now) {
    sendEvery = own.toNanos();
    limit = others.toNanos() * Wire.MISSED_HEARTBEATS;
    heldUp = others.toNanos();
    sentAt = now;
    heardAt = now;
    lookedAt = now;
  }

  void sent(long now) {
    sentAt = now;
  }

  void heard(long now) {
    heardAt = now;
  }

  boolean sendDue(long now) {
    return now - sentAt >= sendEvery;
  }

  /** Looks at the clock; to be called several times in an interval. */
  boolean silent(long now) {
    long pause = now - lookedAt;
    lookedAt = now;
    if (pause > heldUp) {
      heardAt += pause;
    }
    return now - heardAt >= limit;
  }

  /** How long the other side may be silent. */
  Duration patience() {
    return Duration.ofNanos(limit);
  }
}
