package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FetchPaceTest {

  private final FetchPace pace = new FetchPace();
  private double fetched;

  private void poll(int fetches, boolean empty, int brokers) {
    fetched += fetches;
    pace.polled(fetched, empty, () -> brokers);
  }

  @Test
  void isQuickWhereNothingFails() {
    poll(1, true, 1);
    poll(2, true, 1);
    poll(500, false, 1);
    assertThat(pace.isFailing()).isFalse();
  }

  @Test
  void slowsDownWhileFetchesFail() {
    poll(70, true, 1);
    assertThat(pace.isFailing()).isTrue();
    poll(14, true, 1);
    assertThat(pace.isFailing()).isTrue();
    assertThat(pace.patience()).hasMillis(1);
  }

  @Test
  void isQuickAgainWhenFetchesSucceedTwice() {
    poll(70, true, 1);
    poll(1, true, 1);
    assertThat(pace.isFailing()).as("a look may be too short for a failure").isTrue();
    poll(2, true, 1);
    poll(1, true, 1);
    assertThat(pace.isFailing()).isTrue();
    poll(14, false, 1);
    assertThat(pace.isFailing()).isFalse();
  }

  /** A busy machine fails more slowly: there is one fetch under way to each broker. */
  @Test
  void slowsDownWhereFetchesFromOneBrokerFailSlowly() {
    poll(2, true, 1);
    assertThat(pace.isFailing()).isFalse();
    poll(3, true, 1);
    assertThat(pace.isFailing()).isTrue();
    poll(2, true, 1);
    assertThat(pace.isFailing()).isTrue();
  }

  /** What was under way to each of them ends while the consumer pauses. */
  @Test
  void doesNotTakeManyBrokersForFailures() {
    poll(24, true, 12);
    assertThat(pace.isFailing()).isFalse();
    poll(25, true, 12);
    assertThat(pace.isFailing()).isTrue();
    poll(12, true, 12);
    poll(12, true, 12);
    assertThat(pace.isFailing()).isFalse();
  }

  @Test
  void looksUpOftenOnlyAtFirstAndAfterAChange() {
    assertThat(pace.patience()).hasMillis(25);
    for (int i = 0; i < 100; i++) {
      poll(0, true, 1);
    }
    assertThat(pace.patience()).hasMillis(50);
    pace.changed();
    assertThat(pace.patience()).hasMillis(25);
  }
}
