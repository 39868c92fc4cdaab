package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HeirTest {

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger removals = new AtomicInteger();
  private final AtomicBoolean nothingLeft = new AtomicBoolean();
  private final Heir heir =
      new Heir(
          () -> {
            removals.incrementAndGet();
            return nothingLeft.get();
          },
          now::get);

  private void pollFor(Duration time) {
    long end = now.get() + time.toNanos();
    while (now.get() < end) {
      heir.polled(false);
      now.addAndGet(heir.patience().toNanos());
    }
  }

  @Test
  void removesAgainAndAgainUntilNothingIsLeft() {
    pollFor(Duration.ofSeconds(1));
    int first = removals.get();
    assertThat(first).as("attempts while it joins").isBetween(10, 60);
    assertThat(heir.patience()).hasMillis(200);
    pollFor(Duration.ofSeconds(10));
    assertThat(removals.get() - first).as("attempts afterwards").isBetween(5, 11);
    assertThat(heir.isDone()).isFalse();
    nothingLeft.set(true);
    pollFor(Duration.ofSeconds(2));
    assertThat(heir.isDone()).isTrue();
    int last = removals.get();
    pollFor(Duration.ofSeconds(10));
    assertThat(removals).hasValue(last);
  }

  @Test
  void hasNothingToRemoveWhenItHasTheTurn() {
    heir.polled(true);
    assertThat(heir.isDone()).isTrue();
    assertThat(removals).hasValue(0);
  }
}
