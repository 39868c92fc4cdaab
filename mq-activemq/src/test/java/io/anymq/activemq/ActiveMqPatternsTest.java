package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.TopicPattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of patterns; whether they bring what they should is the link's test. */
final class ActiveMqPatternsTest {

  @ParameterizedTest
  @CsvSource({
    "orders,orders",
    "orders.*.created,orders.*.created",
    "orders.#,orders.>",
    "'#',>",
    "*,*",
    "*.#,*.>",
    "orders.#.created,orders.>",
    "'#.created',>",
    "a.*.#.b.*.c,a.*.>"
  })
  void theNativePatternHasAllThatIsMeant(String pattern, String expected) {
    assertThat(ActiveMqPatterns.toNative(TopicPattern.of(pattern)).getPhysicalName())
        .isEqualTo(expected);
  }
}
