package io.anymq.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidSelectorException;
import io.anymq.Message;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors against one message; what is neither true nor false is unknown. */
class SelectorTest {

  private static final Message MESSAGE =
      Message.text("a").toBuilder()
          .id("id-1")
          .correlationId("c-1")
          .type("order")
          .key("k")
          .priority(7)
          .timestamp(Instant.ofEpochMilli(1_000))
          .property("colour", "red")
          .property("quote", "it's")
          .property("percent", "5%_x")
          .property("empty", "")
          .property("weight", 12)
          .property("tiny", (byte) 3)
          .property("long", Long.MAX_VALUE)
          .property("price", 2.5)
          .property("half", 0.5f)
          .property("nan", Double.NaN)
          .property("paid", true)
          .property("raw", new byte[] {1})
          .property("JMSXState", 1)
          .property("grün_$", "ja")
          .build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colour = 'red'",
        "colour<>'blue'",
        " \t\n colour\r='red'\f",
        "quote = 'it''s'",
        "grün_$ = 'ja'",
        "JMSXState = 1",
        "paid",
        "paid = TRUE",
        "paid <> false",
        "NOT (paid = false)",
        "TRUE",
        "weight = 12 and colour = 'red'",
        "weight = 13 Or colour = 'red'",
        "weight = 13 OR paid AND colour = 'red'",
        "NOT weight = 13 AND paid",
        "NOT NOT paid",
        "weight > 11.9 AND weight >= 12 AND weight < 1e2 AND weight <= 12",
        "tiny = 3 AND half = 0.5 AND price = 2.5f AND price = 2.5d",
        "weight = 0xC AND weight = 014 AND weight = 12L",
        ".5 = half AND 5.E-1 = half",
        "long = 9223372036854775807",
        "long > -9223372036854775808",
        "weight + 1 * 2 = 14",
        "(weight + 1) * 2 = 26",
        "weight - 2 - 3 = 7",
        "weight / 5 = 2",
        "weight / 8.0 = 1.5",
        "-weight = -12 AND - -weight = 12 AND +weight = 12",
        "weight-2=10",
        "weight BETWEEN 10 AND 12",
        "weight NOT BETWEEN 13 AND 20",
        "weight + 1 between price and 2 * 10",
        "colour IN ('blue', 'red')",
        "colour NOT IN ('blue')",
        "colour LIKE 'r%'",
        "colour LIKE '%ed'",
        "colour LIKE '_e_'",
        "colour LIKE '%'",
        "empty LIKE '%'",
        "empty LIKE ''",
        "colour NOT LIKE 'b%'",
        "percent LIKE '5\\%\\_x' ESCAPE '\\'",
        "percent LIKE '5!%%' ESCAPE '!'",
        "missing IS NULL",
        "colour IS NOT NULL",
        "raw IS NOT NULL",
        "nan <> nan",
        "JMSMessageID = 'id-1' AND JMSCorrelationID LIKE 'c-%' AND JMSType IN ('order')",
        "JMSPriority > 4 AND JMSTimestamp BETWEEN 1000 AND 1000",
        "JMSDeliveryMode = 'PERSISTENT' AND JMSXGroupID = 'k'",
      })
  void isTrue(String selector) {
    assertThat(Selector.parse(selector).matches(MESSAGE)).as(selector).isTrue();
    assertThat(Selector.parse("NOT (" + selector + ")").matches(MESSAGE)).as("not").isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FALSE",
        "colour = 'Red'",
        "Colour IS NOT NULL",
        "colour = 12",
        "weight = '12'",
        "colour <> weight",
        "paid = colour",
        "colour > weight",
        "raw = raw",
        "nan = nan",
        "weight IN ('12')",
        "weight LIKE '1%'",
        "colour LIKE 'e'",
        "colour LIKE '__'",
        "percent LIKE '5\\_%' ESCAPE '\\'",
        "missing IS NULL AND paid = FALSE",
        "missing = 1 AND FALSE",
      })
  void isFalse(String selector) {
    assertThat(Selector.parse(selector).matches(MESSAGE)).as(selector).isFalse();
    assertThat(Selector.parse("NOT (" + selector + ")").matches(MESSAGE)).as("not").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing",
        "missing = 'red'",
        "missing <> 'red'",
        "missing = missing",
        "missing > 1",
        "missing BETWEEN 1 AND 2",
        "weight BETWEEN missing AND 20",
        "missing IN ('a')",
        "missing NOT LIKE 'a'",
        "missing OR FALSE",
        "missing AND TRUE",
        "colour",
        "missing + 1 = 1",
        "colour + 1 = 1",
        "-colour = 1",
        "weight / 0 = 1",
      })
  void isUnknown(String selector) {
    assertThat(Selector.parse(selector).matches(MESSAGE)).as(selector).isFalse();
    assertThat(Selector.parse("NOT (" + selector + ")").matches(MESSAGE)).as("not").isFalse();
  }

  @Test
  void whatIsUnknownDoesNotDecide() {
    assertThat(Selector.parse("missing = 1 OR paid").matches(MESSAGE)).isTrue();
    assertThat(Selector.parse("NOT (missing = 1 AND paid = FALSE)").matches(MESSAGE)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "'red'",
        "12",
        "weight + 1",
        "colour =",
        "= 'red'",
        "colour = 'red",
        "colour == 'red'",
        "colour != 'red'",
        "colour = \"red\"",
        "colour = 'red' colour",
        "(colour = 'red'",
        "colour = 'red')",
        "colour = 'red' AND",
        "AND paid",
        "NOT",
        "'a' = 1",
        "JMSType = 7",
        "JMSPriority = 'high'",
        "colour > 'a'",
        "paid > TRUE",
        "paid + TRUE = 2",
        "weight BETWEEN 1",
        "weight BETWEEN 'a' AND 'b'",
        "weight NOT 12",
        "colour IN ()",
        "colour IN 'red'",
        "colour IN (red)",
        "colour IN ('red'",
        "weight IN (1, 2)",
        "'red' IN ('red')",
        "'red' LIKE 'r%'",
        "JMSPriority LIKE '7'",
        "colour LIKE red",
        "colour LIKE 'r%' ESCAPE ''",
        "colour LIKE 'r%' ESCAPE 'ab'",
        "colour IS 'red'",
        "1 IS NULL",
        "like = 1",
        "NULL = 1",
        "colour = NULL",
        "JMSDestination = 'q'",
        "JMSRedelivered",
        "weight = 9223372036854775808",
        "weight = 1e999",
        "weight = 08",
        "weight = 1.2.3",
        "a.b = 1",
        "x-y = 'a'",
        "colour = 'red';",
      })
  void isMalformed(String selector) {
    assertThatThrownBy(() -> Selector.parse(selector))
        .as(selector)
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageContaining("selector");
  }

  @Test
  void manyPartsAndLongTextsAreNoMatter() {
    String many = "weight = 1" + " OR weight = 2".repeat(10_000) + " OR paid";
    assertThat(Selector.parse(many).matches(MESSAGE)).isTrue();
    String quotes = "quote <> '" + "''".repeat(10_000) + "'";
    assertThat(Selector.parse(quotes).matches(MESSAGE)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "NOT ", "- ", "1 + "})
  void whatIsTooDeepIsRefused(String opening) {
    assertThatThrownBy(() -> Selector.parse(opening.repeat(5_000) + "1"))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageContaining("levels")
        .hasMessageContaining("…");
  }

  @Test
  void aHardPatternIsMatchedInNoTime() {
    Message hard = MESSAGE.toBuilder().property("colour", "a".repeat(20_000)).build();
    Selector selector = Selector.parse("colour LIKE '" + "%a".repeat(20) + "%b'");
    assertThat(selector.matches(hard)).isFalse();
  }

  @Test
  void theErrorTellsWhere() {
    assertThatThrownBy(() -> Selector.parse("colour = 'red' AND weight >"))
        .hasMessage(
            "The selector must have a name, a value or a parenthesis, but has its end:"
                + " colour = 'red' AND weight >");
    assertThatThrownBy(() -> Selector.parse("weight > 'a'"))
        .hasMessage("The selector must have a number, but has ''a'' at position 10: weight > 'a'");
  }
}
