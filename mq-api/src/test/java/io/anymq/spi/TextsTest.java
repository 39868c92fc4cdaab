package io.anymq.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextsTest {

  @Test
  void aLengthOfTimeIsInTheLargestUnitThatItIsWholeIn() {
    assertThat(Texts.of(Duration.ofSeconds(30))).isEqualTo("30 s");
    assertThat(Texts.of(Duration.ofMillis(1250))).isEqualTo("1,250 ms");
    assertThat(Texts.of(Duration.ofMillis(-250))).isEqualTo("-250 ms");
    assertThat(Texts.of(Duration.ofNanos(-1))).isEqualTo("-1 ns");
    assertThat(Texts.of(Duration.ZERO)).isEqualTo("0 s");
  }

  @Test
  void theLongestLengthsHaveATextToo() {
    assertThat(Texts.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))).endsWith(" s");
    assertThat(Texts.of(Duration.ofSeconds(Long.MIN_VALUE, 1))).endsWith(" s");
  }
}
