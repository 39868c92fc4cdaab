package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final Duration SHORT = Duration.ofMillis(20);

  private final Tally tally = new Tally(3);

  @Test
  void isCompleteWithTheLastOne() throws InterruptedException {
    assertThat(tally.add(2)).isFalse();
    assertThat(tally.add(0)).isFalse();
    assertThat(tally.add(1)).isTrue();
    tally.done();

    tally.await(SHORT);
    assertThat(tally.elapsed()).isPositive();
  }

  @Test
  void missingOneFailsTheRun() {
    tally.add(0);
    tally.add(2);

    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(() -> tally.await(SHORT))
        .withMessageContaining("sent 3, arrived 2");
    assertThatExceptionOfType(BenchException.class).isThrownBy(tally::elapsed);
  }

  @Test
  void repeatedOneStandsInForNoOtherAndFailsTheRun() {
    tally.add(0);
    tally.add(1);
    assertThat(tally.add(1)).isFalse();
    assertThat(tally.add(2)).isTrue();

    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(tally::elapsed)
        .withMessageContaining("came again 1");
  }

  @Test
  void oneThatWasNeverSentFailsTheRun() {
    assertThatExceptionOfType(BenchException.class).isThrownBy(() -> tally.add(3));
    assertThatExceptionOfType(BenchException.class).isThrownBy(() -> tally.add(-1));
  }

  @Test
  void failureEndsTheWaiting() {
    tally.fail(new IllegalStateException("the reason"));

    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(() -> tally.await(Duration.ofSeconds(30)))
        .withMessageContaining("the reason");
  }
}
