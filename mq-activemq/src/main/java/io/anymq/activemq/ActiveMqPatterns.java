package io.anymq.activemq;

import io.anymq.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.command.ActiveMQTopic;

/**
 * Patterns of topics, in the broker's terms: {@code *} is one word there too, and {@code >} at the
 * end stands for any number of words, none included. What stands behind a {@code #} in the middle
 * cannot be said natively, so that such a pattern brings too much. No I/O.
 */
final class ActiveMqPatterns {

  private static final String ANY_WORDS = "#";
  private static final String NATIVE_ANY_WORDS = ">";

  /**
   * The broker's own news are topics too, and a wide pattern would bring them. The broker leaves
   * out what this selector does not take, so that a durable subscription does not keep them either.
   */
  static final String NO_ADVISORIES =
      "JMSType IS NULL OR JMSType <> 'Advisory' OR originBrokerId IS NULL";

  private ActiveMqPatterns() {}

  /** The narrowest native destination that has all topics of the pattern. */
  static ActiveMQTopic toNative(TopicPattern pattern) {
    List<String> words = new ArrayList<>();
    for (String word : pattern.expression().split("\\.", -1)) {
      if (word.equals(ANY_WORDS)) {
        words.add(NATIVE_ANY_WORDS);
        break;
      }
      words.add(word);
    }
    return new ActiveMQTopic(String.join(".", words));
  }
}
