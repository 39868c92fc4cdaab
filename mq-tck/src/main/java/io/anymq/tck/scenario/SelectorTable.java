package io.anymq.tck.scenario;

import io.anymq.Message;
import java.util.List;
import java.util.Map;

/**
 * Messages, and which of them each selector takes: the dialect, for subscriptions and queues alike.
 *
 * @param messages the messages, in the order in which they are sent
 * @param selected the texts of those that each selector takes, in order
 */
record SelectorTable(List<Message> messages, Map<String, List<String>> selected) {

  /** The text of a message that {@link #orLast} takes too. */
  static final String LAST = "last";

  static Message.Builder message(String text) {
    return Message.text(text).toBuilder();
  }

  static Message coloured(String text, String colour) {
    return message(text).property("colour", colour).build();
  }

  /** A message behind all others: whoever has it has got everything. */
  static Message last() {
    return message(LAST).property("lastOfAll", true).build();
  }

  static String orLast(String selector) {
    return "(" + selector + ") OR lastOfAll = TRUE";
  }

  static SelectorTable conditions() {
    return new SelectorTable(
        List.of(
            message("0").property("colour", "red").property("weight", 1).build(),
            message("1").property("colour", "blue").property("weight", 2).build(),
            message("2").property("colour", "red").property("weight", 3).build(),
            message("3").property("colour", "dark_red").property("weight", 4).build()),
        Map.of(
            "colour = 'red'", List.of("0", "2"),
            "colour <> 'red'", List.of("1", "3"),
            "NOT colour = 'red' AND weight < 4", List.of("1"),
            "colour = 'blue' OR weight >= 3", List.of("1", "2", "3"),
            "weight BETWEEN 2 AND 3", List.of("1", "2"),
            "colour IN ('blue', 'red')", List.of("0", "1", "2"),
            "colour LIKE '%red'", List.of("0", "2", "3"),
            "colour LIKE 'dark!_%' ESCAPE '!'", List.of("3"),
            "weight * 2 - 1 = 5", List.of("2")));
  }

  static SelectorTable unknown() {
    return new SelectorTable(
        List.of(
            message("0").build(), coloured("1", "red"), message("2").property("weight", 5).build()),
        Map.of(
            "colour = 'red'", List.of("1"),
            "colour <> 'red'", List.of(),
            "NOT colour = 'red'", List.of(),
            "colour IS NULL", List.of("0", "2"),
            "colour IS NOT NULL", List.of("1"),
            "colour = 'red' OR weight = 5", List.of("1", "2"),
            "weight + 1 > 0", List.of("2")));
  }

  static SelectorTable fields() {
    return new SelectorTable(
        List.of(
            message("0").id("another").persistent(false).build(),
            message("1").id("the-one").type("order").correlationId("c-1").key("k").build(),
            message("2").build()),
        Map.of(
            "JMSMessageID = 'the-one'", List.of("1"),
            "JMSType = 'order'", List.of("1"),
            "JMSCorrelationID LIKE 'c-%'", List.of("1"),
            "JMSXGroupID = 'k'", List.of("1"),
            "JMSPriority = 4", List.of("0", "1", "2"),
            "JMSDeliveryMode = 'NON_PERSISTENT'", List.of("0"),
            "JMSTimestamp > 0", List.of("0", "1", "2")));
  }

  static SelectorTable types() {
    return new SelectorTable(
        List.of(
            message("byte").property("n", (byte) 7).build(),
            message("short").property("n", (short) 7).build(),
            message("int").property("n", 7).build(),
            message("long").property("n", 7L).build(),
            message("float").property("n", 7.0f).build(),
            message("double").property("n", 7.0d).build(),
            message("text").property("n", "7").build(),
            message("flag").property("n", true).build(),
            message("bytes").property("n", new byte[] {7}).build()),
        Map.of(
            "n = 7", List.of("byte", "short", "int", "long", "float", "double"),
            "n <> 8", List.of("byte", "short", "int", "long", "float", "double"),
            "n = '7'", List.of("text"),
            "n = TRUE", List.of("flag")));
  }
}
