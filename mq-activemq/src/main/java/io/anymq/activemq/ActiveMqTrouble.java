package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.time.Duration;

/**
 * A row of failures to do the same thing: how long to wait before the next attempt, and when to
 * speak of it. No I/O; one thread's.
 */
final class ActiveMqTrouble {

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** Who has a subscription may leave it at any moment, and others wait for it. */
  private static final Duration LONGEST_IN_USE = Duration.ofSeconds(1);

  /** For so long that somebody else has the subscription is how it is handed over. */
  private static final Duration HAND_OVER = Duration.ofSeconds(1);

  /**
   * A failure that does not go away by itself is believed after so long: a broker that stops says
   * things like that, too.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration REMINDER = Duration.ofMinutes(1);

  private Duration pause = SHORTEST;
  private boolean begun;
  private boolean told;
  private long since;
  private long toldAt;

  /**
   * What to do after a failure.
   *
   * @param why the failure
   * @param warns whether to speak of it
   * @param hopeless whether whoever relies on it must be told that it does not work
   * @param pause how long to wait before the next attempt
   */
  record Advice(MessagingException why, boolean warns, boolean hopeless, Duration pause) {}

  /** It has worked: the next failure is the first of another row. */
  void isOver() {
    begun = false;
    told = false;
    pause = SHORTEST;
  }

  /**
   * It has failed.
   *
   * @param why the failure
   * @param now the time, as {@link System#nanoTime} tells it
   */
  Advice failed(MessagingException why, long now) {
    if (!begun) {
      begun = true;
      since = now;
    }
    boolean inUse = why.code() == ErrorCode.SUBSCRIPTION_IN_USE;
    Duration wait = inUse ? min(pause, LONGEST_IN_USE) : pause;
    pause = min(pause.multipliedBy(2), LONGEST);
    boolean hopeless = !why.isTransient() && now - since >= PATIENCE.toNanos();
    return new Advice(why, tells(inUse, now), hopeless, wait);
  }

  private boolean tells(boolean inUse, long now) {
    boolean due =
        told ? now - toldAt >= REMINDER.toNanos() : !inUse || now - since >= HAND_OVER.toNanos();
    if (due) {
      told = true;
      toldAt = now;
    }
    return due;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
