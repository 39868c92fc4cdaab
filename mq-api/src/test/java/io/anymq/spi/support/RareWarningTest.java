package io.anymq.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.core.LoggedLines;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One line a minute, whatever happens; and none is passed over without being counted. */
final class RareWarningTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final RareWarning warning = new RareWarning(RareWarningTest.class, now::get);
  private final String what = "kind " + UUID.randomUUID();

  @Test
  void theFirstIsLoggedAndTheNextSaysHowManyWereNot() {
    try (LoggedLines log = new LoggedLines()) {
      for (int i = 0; i < 100; i++) {
        warning.warn(what);
      }
      assertThat(log.with(what)).singleElement().asString().endsWith(what);
      now.addAndGet(RareWarning.PAUSE_NANOS);
      warning.warn(what);
      assertThat(log.with(what)).hasSize(2).last().asString().contains(what + " (99 more");
      now.addAndGet(RareWarning.PAUSE_NANOS);
      warning.warn(what);
      assertThat(log.with(what)).hasSize(3).last().asString().endsWith(what);
    }
  }
}
