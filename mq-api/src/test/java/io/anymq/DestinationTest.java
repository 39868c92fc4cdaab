package io.anymq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "ü", "a\n", "*", "a>"})
  void namesThatSomeBrokerCouldNotTakeAreRefused(String name) {
    assertThatThrownBy(() -> Queue.of(name)).isInstanceOf(InvalidDestinationException.class);
    assertThatThrownBy(() -> Topic.of(name)).isInstanceOf(InvalidDestinationException.class);
  }

  @Test
  void namesHaveTwoHundredCharactersAtMost() {
    assertThat(Queue.of("a".repeat(200)).name()).hasSize(200);
    assertThatThrownBy(() -> Queue.of("a".repeat(201)))
        .isInstanceOf(InvalidDestinationException.class);
  }

  @Test
  void aQueueAndATopicOfOneNameAreTwoThings() {
    assertThat((Destination) Queue.of("a")).isNotEqualTo(Topic.of("a"));
  }

  @ParameterizedTest
  @CsvSource({
    "orders.*.created, orders.eu.created, true",
    "orders.*.created, orders.created, false",
    "orders.*.created, orders.eu.west.created, false",
    "orders.#, orders, true",
    "orders.#, orders.eu.created, true",
    "orders.#, invoices.eu, false",
    "#.created, orders.eu.created, true",
    "#, anything.at.all, true",
    "orders, orders, true",
    "orders, orders.eu, false"
  })
  void patternsMatchWordByWord(String pattern, String topic, boolean matches) {
    assertThat(TopicPattern.of(pattern).matches(Topic.of(topic))).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", "a*", "#b", "a b", "a."})
  void whatIsNoPatternIsRefused(String pattern) {
    assertThatThrownBy(() -> TopicPattern.of(pattern))
        .isInstanceOf(InvalidDestinationException.class);
  }
}
