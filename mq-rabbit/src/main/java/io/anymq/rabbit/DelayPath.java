package io.anymq.rabbit;

import io.anymq.InvalidMessageException;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The way of a delayed message: the hexadecimal digits of its delay in milliseconds, the highest
 * first. Each digit but 0 is a wait in one queue. No I/O.
 */
final class DelayPath {

  /** What the broker takes as a queue's time to live at most: ten years of 365 days. */
  static final Duration LONGEST = Duration.ofDays(3650);

  /** As many digits as the longest delay has. */
  static final int LEVELS = 10;

  /** Digits are 0 to 15. */
  static final int DIGITS = 16;

  private static final int BITS = 4;
  static final String HEADER = RabbitHeaders.PREFIX + "wait-";

  private final long millis;
  private final boolean urgent;

  /**
   * One wait.
   *
   * @param level the position of the digit, from 0 for the lowest
   * @param digit 1 to 15
   * @param urgent whether only messages of a high native priority wait there. Quorum queues of 4.x
   *     let them overtake the others, and look only at their first message for what has waited for
   *     long enough: together, either would be late for the other
   */
  record Wait(int level, int digit, boolean urgent) {

    /** What tells this wait from the others of its level. */
    int label() {
      return urgent ? DIGITS + digit : digit;
    }

    /**
     * How long a message stays, in milliseconds. One more than the digit stands for: the broker
     * cuts the moment of arrival to a whole millisecond, so that it could go a fraction early.
     */
    long millis() {
      return ((long) digit << (BITS * level)) + 1;
    }
  }

  private DelayPath(long millis, boolean urgent) {
    this.millis = millis;
    this.urgent = urgent;
  }

  /**
   * The way of a message with that delay.
   *
   * @param urgent whether it has a native priority above the default
   * @throws InvalidMessageException when the broker cannot wait for so long
   */
  static DelayPath of(Duration delay, boolean urgent) {
    if (delay.compareTo(LONGEST) > 0) {
      throw new InvalidMessageException(
          "A delivery delay of %s is more than RabbitMQ can wait for, which is %d days"
              .formatted(Texts.of(delay), LONGEST.toDays()));
    }
    return new DelayPath(delay.toMillis(), urgent);
  }

  /** The level at which it begins. */
  int entry() {
    return (Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, millis))) / BITS;
  }

  /** Where it waits, in order. */
  List<Wait> waits() {
    List<Wait> waits = new ArrayList<>();
    for (int level = entry(); level >= 0; level--) {
      if (digit(level) > 0) {
        waits.add(wait(level));
      }
    }
    return waits;
  }

  /** Adds the headers by which the broker finds the way; zeros too, which it cannot see else. */
  void describe(Map<String, Object> headers) {
    for (int level = entry(); level >= 0; level--) {
      headers.put(header(level), digit(level) > 0 ? wait(level).label() : 0);
    }
  }

  private Wait wait(int level) {
    return new Wait(level, digit(level), urgent);
  }

  /** The header that holds the label of the wait of a level. */
  static String header(int level) {
    return HEADER + level;
  }

  private int digit(int level) {
    return (int) (millis >>> (BITS * level)) & (DIGITS - 1);
  }
}
