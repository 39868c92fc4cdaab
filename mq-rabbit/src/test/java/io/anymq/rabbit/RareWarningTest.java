package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One line a minute, whatever happens; and none is passed over without being counted. */
final class RareWarningTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final RareWarning warning = new RareWarning(now::get);
  private final String what = "kind " + UUID.randomUUID();

  @Test
  void theFirstIsLoggedAndTheNextSaysHowManyWereNot() {
    try (LogLines log = new LogLines(what)) {
      for (int i = 0; i < 100; i++) {
        warning.warn(what);
      }
      assertThat(log.lines()).singleElement().asString().endsWith(what);
      now.addAndGet(RareWarning.PAUSE_NANOS);
      warning.warn(what);
      assertThat(log.lines()).hasSize(2).last().asString().contains(what + " (99 more");
      now.addAndGet(RareWarning.PAUSE_NANOS);
      warning.warn(what);
      assertThat(log.lines()).hasSize(3).last().asString().endsWith(what);
    }
  }
}
