package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Time is a number here. */
class HeartbeatsTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Heartbeats heartbeats =
      new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(2), 0);

  @Test
  void aHeartbeatIsDueAnIntervalAfterTheLastFrame() {
    assertThat(heartbeats.sendDue(SECOND - 1)).isFalse();
    assertThat(heartbeats.sendDue(SECOND)).isTrue();
    heartbeats.sent(SECOND);
    assertThat(heartbeats.sendDue(2 * SECOND - 1)).isFalse();
  }

  @Test
  void fiveIntervalsOfTheOtherSideAreSilence() {
    for (int second = 1; second < 10; second++) {
      assertThat(heartbeats.silent(second * SECOND)).as("after %d s", second).isFalse();
    }
    assertThat(heartbeats.silent(10 * SECOND)).isTrue();
  }

  @Test
  void everyFrameCounts() {
    for (int second = 1; second < 60; second++) {
      heartbeats.heard(second * SECOND);
      assertThat(heartbeats.silent(second * SECOND)).isFalse();
    }
  }

  @Test
  void aPauseOfTheOneWhoAsksIsNotTheOthersSilence() {
    assertThat(heartbeats.silent(SECOND)).isFalse();
    assertThat(heartbeats.silent(3600 * SECOND)).isFalse();
    for (int second = 1; second < 9; second++) {
      assertThat(heartbeats.silent((3600 + second) * SECOND)).isFalse();
    }
    assertThat(heartbeats.silent(3609 * SECOND)).isTrue();
  }
}
