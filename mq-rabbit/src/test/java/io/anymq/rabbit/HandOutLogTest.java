package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a log tells that has lost its oldest entries. */
final class HandOutLogTest {

  @Test
  void aCompleteLogDecides() {
    assertThat(HandOutLog.handedOut(0, 89_999, 50)).isZero();
    assertThat(HandOutLog.handedOut(3, 1, 50)).isEqualTo(3);
  }

  @Test
  void aFullOneEndsTheTriesNevertheless() {
    assertThat(HandOutLog.handedOut(0, 90_000, 10)).as("only prefetched, perhaps").isEqualTo(5);
    assertThat(HandOutLog.handedOut(9, 100_000, 10)).as("what is there counts").isEqualTo(9);
    assertThat(HandOutLog.handedOut(0, 100_000, 20)).as("twice a limit of 10").isEqualTo(10);
  }
}
