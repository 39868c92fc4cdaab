package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RelapsesTest {

  private final Options options =
      Options.none()
          .with(ConnectionOptions.RECOVERY_MIN_PAUSE, Duration.ofMillis(100))
          .with(ConnectionOptions.RECOVERY_MAX_PAUSE, Duration.ofMillis(250));

  @Test
  void whatBreaksAgainAndAgainWaitsLongerEachTimeUpToALimit() {
    Relapses relapses = new Relapses(options);
    assertThat(relapses.pause()).isZero();
    assertThat(relapses.pause()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(relapses.pause()).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(relapses.pause()).isBetween(Duration.ofMillis(125), Duration.ofMillis(250));
    assertThat(relapses.pause()).isBetween(Duration.ofMillis(125), Duration.ofMillis(250));
  }

  @Test
  void whatHasWorkedIsOpenedAtOnce() {
    Relapses relapses = new Relapses(options);
    assertThat(relapses.pause()).isZero();
    assertThat(relapses.pause()).isPositive();
    relapses.worked();
    assertThat(relapses.pause()).isZero();
    assertThat(relapses.pause()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
  }

  @Test
  void whatHasHeldForAWhileIsOpenedAtOnce() throws InterruptedException {
    Simulation.direct(
        Duration.ofSeconds(30),
        () -> {
          Simulation simulation = new Simulation(1);
          simulation.begin();
          Relapses relapses = new Relapses(options);
          assertThat(relapses.pause()).isZero();
          simulation.run(Duration.ofSeconds(5));
          assertThat(relapses.pause()).isPositive();
          simulation.run(Duration.ofSeconds(11));
          assertThat(relapses.pause()).isZero();
        });
  }
}
