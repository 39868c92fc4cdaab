package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One kind of failure does not silence another. */
final class KindsOfWarningsTest {

  private final KindsOfWarnings warnings = new KindsOfWarnings(OpenWire.class);
  private final String mark = UUID.randomUUID().toString();

  @Test
  void eachKindIsToldOnce() {
    try (LogLines log = new LogLines(mark)) {
      for (int i = 0; i < 3; i++) {
        warnings.warn(mark + " settling failed", new IllegalStateException("of " + i));
        warnings.warn(mark + " settling failed", new SecurityException("of " + i));
        warnings.warn(
            mark + " removing failed",
            new IllegalStateException("of " + i, new SecurityException("because")));
      }
      assertThat(log.lines()).hasSize(3);
    }
  }

  @Test
  void theKindsThatAreRememberedAreBounded() {
    try (LogLines log = new LogLines(mark)) {
      for (int i = 0; i < KindsOfWarnings.MOST + 10; i++) {
        warnings.warn(mark + " number " + i + " failed", new SecurityException("no right"));
      }
      assertThat(log.lines()).as("one for each, and one for all others").hasSize(65);
    }
  }
}
