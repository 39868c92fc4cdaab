package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MillisTest {

  @Test
  void isExactInBetween() {
    assertThat(Millis.of(Duration.ofMillis(1))).isOne();
    assertThat(Millis.of(Duration.ofSeconds(30))).isEqualTo(30_000);
    assertThat(Millis.of(Duration.ofMillis(Integer.MAX_VALUE))).isEqualTo(Integer.MAX_VALUE);
  }

  /** To a socket 0 is no limit at all. */
  @Test
  void whatIsShorterThanAMillisecondIsOne() {
    assertThat(Millis.of(Duration.ZERO)).isOne();
    assertThat(Millis.of(Duration.ofNanos(1))).isOne();
  }

  @Test
  void whatIsTooLongIsTheLongest() {
    assertThat(Millis.of(Duration.ofMillis(Integer.MAX_VALUE + 1L))).isEqualTo(Integer.MAX_VALUE);
    assertThat(Millis.of(Duration.ofDays(36_500))).isEqualTo(Integer.MAX_VALUE);
    assertThat(Millis.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Integer.MAX_VALUE);
  }
}
