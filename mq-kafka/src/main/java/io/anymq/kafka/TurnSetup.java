package io.anymq.kafka;

import java.time.Duration;
import java.util.List;

/**
 * What a turn is made with.
 *
 * @param config the native clients' settings
 * @param member the member of the share group to be
 * @param session how soon after a crash the broker ends a turn
 * @param lock how long the broker keeps what a crashed member holds, at most
 * @param view what the share group is not done with
 * @param beforeTurn is called at each attempt to begin, before it joins the share group
 */
record TurnSetup(
    KafkaConfig config,
    Members.Member member,
    Duration session,
    Duration lock,
    OldLocks.View view,
    Runnable beforeTurn) {

  /** For the broker's own timers, by which locks end. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** What one that had its turn before may hold, when it did not say that it holds nothing. */
  OldLocks oldLocks() {
    return OldLocks.of(view, List.of(leftByCrash(), lock.plus(MARGIN)));
  }

  /**
   * How long locks may last when the broker has ended the session of the one before: with that so
   * much of their time is over; but the session began with its last heartbeat, and the locks with
   * its last sign of life. Where it was removed in good time they may last for longer.
   */
  private Duration leftByCrash() {
    Duration left = lock.plus(KafkaConfig.TURN_HEARTBEAT).plus(MARGIN).minus(session);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
