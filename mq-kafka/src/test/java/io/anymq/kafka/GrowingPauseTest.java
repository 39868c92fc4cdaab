package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often something is tried that fails each time. */
final class GrowingPauseTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7);
  private final GrowingPause pause = new GrowingPause(now::get);

  /** Looks five times a second, and tries when the pause is over. */
  private int attemptsWithin(Duration time) {
    int attempts = 0;
    for (long millis = 0; millis < time.toMillis(); millis += 200) {
      if (pause.isOver()) {
        attempts++;
        pause.grow();
      }
      now.addAndGet(Duration.ofMillis(200).toNanos());
    }
    return attempts;
  }

  @Test
  void isShortAtFirstAndThenGrows() {
    assertThat(attemptsWithin(Duration.ofSeconds(1))).isEqualTo(4);
    assertThat(attemptsWithin(Duration.ofMinutes(10))).isBetween(15, 30);
    pause.reset();
    assertThat(attemptsWithin(Duration.ofSeconds(1))).as("after a success").isEqualTo(4);
  }
}
