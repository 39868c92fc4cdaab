package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  @ParameterizedTest
  @CsvSource({"1000, 900, 5000", "30000, 20000, 40000", "20000, 30000, 40000", "1e6, 1e5, 150000"})
  void slowerOneDecidesHowManyMessagesThereAre(double raw, double ours, int messages) {
    assertThat(Comparison.enough(new Figures(raw, 1), new Figures(ours, 1))).isEqualTo(messages);
  }
}
