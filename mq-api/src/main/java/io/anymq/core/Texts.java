package io.anymq.core;

import io.anymq.spi.Source;
import java.time.Duration;

/** How messages name things. */
final class Texts {

  private Texts() {}

  /** A length of time as a person writes it: {@code 30 s}, {@code 250 ms}. */
  static String of(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? "%,d s".formatted(millis / 1000) : "%,d ms".formatted(millis);
  }

  /** A source: {@code queue 'orders'}, {@code subscription 'audit' of topic 'prices'}. */
  static String of(Source source) {
    return source.describe();
  }
}
