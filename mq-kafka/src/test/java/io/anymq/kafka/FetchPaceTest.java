package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FetchPaceTest {

  private final FetchPace pace = new FetchPace();

  @Test
  void isQuickWhereNothingFails() {
    pace.polled(1, true);
    pace.polled(3, true);
    pace.polled(500, false);
    assertThat(pace.isFailing()).isFalse();
  }

  /** 1,400 failures a second are 14 in one look. */
  @Test
  void slowsDownWhileFetchesFail() {
    pace.polled(70, true);
    assertThat(pace.isFailing()).isTrue();
    pace.polled(84, true);
    assertThat(pace.isFailing()).isTrue();
    assertThat(pace.patience()).hasMillis(10);
  }

  @Test
  void isQuickAgainWhenFetchesSucceed() {
    pace.polled(70, true);
    pace.polled(71, true);
    assertThat(pace.isFailing()).isFalse();
    pace.polled(141, true);
    pace.polled(155, false);
    assertThat(pace.isFailing()).isFalse();
  }
}
