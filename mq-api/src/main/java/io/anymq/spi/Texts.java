package io.anymq.spi;

import java.time.Duration;

/** How messages for people write what they tell of. */
public final class Texts {

  private static final int NANOS_PER_MILLI = 1_000_000;

  /** 292 years: what is longer is told in whole seconds. */
  private static final long SECONDS_COUNTED_IN_NANOS = Long.MAX_VALUE / 1_000_000_000;

  private Texts() {}

  /**
   * A length of time as a person writes it: {@code 30 s}, {@code 250 ms}.
   *
   * @param time the length
   * @return the text
   */
  public static String of(Duration time) {
    if (time.toNanosPart() == 0 || time.toSeconds() / SECONDS_COUNTED_IN_NANOS != 0) {
      return "%,d s".formatted(time.toSeconds());
    }
    return time.toNanosPart() % NANOS_PER_MILLI == 0
        ? "%,d ms".formatted(time.toMillis())
        : "%,d ns".formatted(time.toNanos());
  }
}
