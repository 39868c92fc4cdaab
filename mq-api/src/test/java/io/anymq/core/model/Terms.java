package io.anymq.core.model;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import java.time.Duration;
import java.time.Instant;

/** How long a message lives, and how long it waits before it may be received, from a number. */
record Terms(int number) {

  /** For ever, and at once. */
  static final Terms NONE = new Terms(0);

  private static final int[] LIVES = {0, 40, 400, 4000};
  private static final int[] DELAYS = {0, 30, 300, 1500};

  private int life() {
    return LIVES[number & 3];
  }

  /** What waits for a topic would reach a replay behind younger ones: that is the broker's. */
  private int delay(Destination to) {
    return to instanceof Queue ? DELAYS[number >> 2 & 3] : 0;
  }

  void apply(Destination to, Message.Builder message) {
    if (life() > 0) {
      message.timeToLive(Duration.ofMillis(life()));
    }
    if (delay(to) > 0) {
      message.deliveryDelay(Duration.ofMillis(delay(to)));
    }
  }

  /** Whether the time of a message is over. */
  static boolean hasExpired(Message message, Instant now) {
    return message.expiresAt().filter(expiry -> !now.isBefore(expiry)).isPresent();
  }

  /** Whether a message may not be received yet. */
  static boolean isEarly(Message message, Instant now) {
    return message
        .deliveryDelay()
        .filter(delay -> now.isBefore(message.timestamp().orElseThrow().plus(delay)))
        .isPresent();
  }
}
