package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  @ParameterizedTest
  @CsvSource({
    "900, 1000, 1000, 5000",
    "40000, 60000, 50000, 120000",
    "3000, 40000, 30000, 15000",
    "1e6, 1e6, 1e6, 300000"
  })
  void aRoundIsLongEnoughToReceiveAndNotTooLongToSend(
      double send, double receive, double otherReceive, int messages) {
    Figures raw = new Figures(send, receive);
    Figures ours = new Figures(send * 2, otherReceive);
    assertThat(Comparison.enough(raw, ours)).isEqualTo(messages);
    assertThat(Comparison.enough(ours, raw)).isEqualTo(messages);
  }
}
