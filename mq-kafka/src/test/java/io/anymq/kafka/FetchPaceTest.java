package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FetchPaceTest {

  private final FetchPace pace = new FetchPace();

  @Test
  void isQuickWhereNothingFails() {
    pace.polled(1, true, 20);
    pace.polled(3, true, 20);
    pace.polled(500, false, 20);
    assertThat(pace.isFailing()).isFalse();
  }

  @Test
  void slowsDownWhileFetchesFail() {
    pace.polled(70, true, 20);
    assertThat(pace.isFailing()).isTrue();
    pace.polled(84, true, 20);
    assertThat(pace.isFailing()).isTrue();
    assertThat(pace.patience()).hasMillis(1);
  }

  @Test
  void isQuickAgainWhenFetchesSucceed() {
    pace.polled(70, true, 20);
    pace.polled(71, true, 20);
    assertThat(pace.isFailing()).isFalse();
    pace.polled(141, true, 20);
    pace.polled(155, false, 20);
    assertThat(pace.isFailing()).isFalse();
  }

  /** A busy machine fails more slowly: there is one broker for one partition, and one fetch. */
  @Test
  void slowsDownWhereFetchesOfOnePartitionFailSlowly() {
    pace.polled(2, true, 1);
    assertThat(pace.isFailing()).isFalse();
    pace.polled(5, true, 1);
    assertThat(pace.isFailing()).isTrue();
    pace.polled(7, true, 1);
    assertThat(pace.isFailing()).isTrue();
    pace.polled(8, true, 1);
    assertThat(pace.isFailing()).isFalse();
  }
}
