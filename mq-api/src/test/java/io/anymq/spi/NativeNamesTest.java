package io.anymq.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Queue;
import io.anymq.Topic;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NativeNamesTest {

  private final NativeNames names =
      new NativeNames(Map.of(Queue.of("shop.special"), "OWN"))
          .withPattern(true, "shop.*", "LEGACY/*")
          .withPattern(true, "shop.eu.*.in", "EU-*")
          .withSpelling(true, "ORDERS_EU", "old orders");

  @Test
  void aPatternMapsManyNamesBothWays() {
    assertThat(names.of(Queue.of("shop.cart"))).contains("LEGACY/cart");
    assertThat(names.portable(true, "LEGACY/cart")).contains(Queue.of("shop.cart"));
    assertThat(names.of(Topic.of("shop.cart"))).isEmpty();
    assertThat(names.portable(false, "LEGACY/cart")).isEmpty();
  }

  @Test
  void theNearerRuleWins() {
    assertThat(names.of(Queue.of("shop.special"))).contains("OWN");
    assertThat(names.portable(true, "OWN")).contains(Queue.of("shop.special"));
    assertThat(names.of(Queue.of("shop.eu.a.in"))).contains("EU-a");
    assertThat(names.of(Queue.of("other"))).isEmpty();
  }

  @Test
  void aSpellingOfTheEnvironmentMeansEveryNameThatIsSpelledSo() {
    assertThat(names.of(Queue.of("orders.eu"))).contains("old orders");
    assertThat(names.of(Queue.of("orders-eu"))).contains("old orders");
    assertThat(names.portable(true, "old orders")).isPresent();
    assertThat(names.of(Topic.of("orders.eu"))).isEmpty();
  }

  @Test
  void aPatternHasOneWildcardOnEachSide() {
    assertThatThrownBy(() -> names.withPattern(true, "a.*", "b"))
        .hasMessageContaining("must have one * each");
    assertThatThrownBy(() -> names.withPattern(true, "a.*.*", "b.*"))
        .hasMessageContaining("must have one * each");
  }
}
