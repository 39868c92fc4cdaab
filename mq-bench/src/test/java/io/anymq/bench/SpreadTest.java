package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void middleOfAnOddNumberIsTheMiddleOne() {
    assertThat(Spread.of(List.of(9.0, 1.0, 5.0))).isEqualTo(new Spread(5, 1, 9));
  }

  @Test
  void middleOfAnEvenNumberIsBetweenTheTwo() {
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
  }

  @Test
  void oneFigureHasNoSpread() {
    assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void nothingHasNoMiddle() {
    assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
  }

  /** The quotient of the medians would be 2: it would compare one round with another. */
  @Test
  void ratiosArePairedRoundByRound() {
    Spread ratio = Spread.ofRatios(List.of(50.0, 200.0, 900.0), List.of(100.0, 100.0, 50.0));

    assertThat(ratio).isEqualTo(new Spread(3.5, 0.5, 18));
  }

  @Test
  void roundsThatDoNotPairAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spread.ofRatios(List.of(1.0), List.of(1.0, 2.0)))
        .withMessageContaining("1 figures")
        .withMessageContaining("2");
  }
}
