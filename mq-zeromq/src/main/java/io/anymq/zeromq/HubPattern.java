package io.anymq.zeromq;

import io.anymq.InvalidDestinationException;
import io.anymq.TopicPattern;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The subscriptions to all topics whose names match. For the hub's thread. */
final class HubPattern {

  /** What a client can make a portable topic of; a pattern never hears of other names. */
  private static final Pattern PORTABLE = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  private final String[] words;
  private final Subscriptions subscriptions;

  private HubPattern(String expression, Function<Subscription.Terms, MessageQueue> queues) {
    words = expression.split("\\.", -1);
    subscriptions = new Subscriptions(queues);
  }

  static HubPattern of(String expression, Function<Subscription.Terms, MessageQueue> queues)
      throws Refusal {
    try {
      return new HubPattern(TopicPattern.of(expression).expression(), queues);
    } catch (InvalidDestinationException e) {
      throw new Refusal(WireError.INVALID_DESTINATION, String.valueOf(e.getMessage()));
    }
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /**
   * Whether it means a topic. Word by word with all possible places at once: trying them one after
   * the other would take for ever with many {@code #}, and they come from outside.
   */
  boolean matches(String topic) {
    if (!PORTABLE.matcher(topic).matches()) {
      return false;
    }
    String[] heard = topic.split("\\.", -1);
    boolean[] reached = new boolean[heard.length + 1];
    reached[0] = true;
    for (String word : words) {
      reached = word.equals("#") ? fromFirst(reached) : step(word, heard, reached);
    }
    return reached[heard.length];
  }

  private static boolean[] fromFirst(boolean[] reached) {
    boolean[] next = reached.clone();
    for (int i = 1; i < next.length; i++) {
      next[i] |= next[i - 1];
    }
    return next;
  }

  private static boolean[] step(String word, String[] heard, boolean[] reached) {
    boolean[] next = new boolean[reached.length];
    for (int i = 0; i < heard.length; i++) {
      next[i + 1] = reached[i] && (word.equals("*") || word.equals(heard[i]));
    }
    return next;
  }
}
