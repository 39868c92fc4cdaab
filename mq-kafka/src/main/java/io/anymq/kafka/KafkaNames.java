package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.NativeNames;
import java.util.Optional;

/**
 * Native names of destinations and of the share groups behind them.
 *
 * <p>Kafka does not let two topics live side by side whose names differ only in {@code .} against
 * {@code _}, and allows 249 characters. A name without an underscore becomes {@code queue.<name>};
 * one with underscores becomes {@code queue-u.<name>-<separators>}, where the last part tells, in
 * base 32, which of the separators are underscores. Two portable names that Kafka would take for
 * one another then differ in that part. The longest is 8 + 200 + 1 + 40 = 249 characters.
 */
final class KafkaNames {

  /** Begins the names of all share groups that this library makes; no topic name has a colon. */
  static final String GROUP_PREFIX = "anymq:";

  /**
   * A topic that stays empty. Whoever subscribes to a pattern reads it in the subscription's own
   * group, and so holds the subscription; there may be no topic yet that matches.
   */
  static final String ANCHOR = "anymq.patterns";

  /** The topic in which delayed messages wait. */
  static final String DELAYS = "anymq.delays";

  private static final String QUEUE = "queue";
  private static final String TOPIC = "topic";
  private static final String PATTERNS = GROUP_PREFIX + "pattern:";
  private static final String BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS_PER_CHAR = 5;

  private final NativeNames configured;

  KafkaNames(NativeNames configured) {
    this.configured = configured;
  }

  /** The native topic of a destination. */
  String topic(Destination destination) {
    return configured.of(destination).orElseGet(() -> mapped(destination));
  }

  /** The one share group of a queue. */
  String group(Queue queue) {
    return GROUP_PREFIX + "queue:" + topic(queue);
  }

  /** The share group of a durable subscription. */
  String group(Topic topic, String subscription) {
    return subscriptions(topic) + subscription;
  }

  /** The share group of a subscription that is shared and not durable; no name has a tilde. */
  String sharedGroup(Topic topic, String subscription) {
    return subscriptions(topic) + "~" + subscription;
  }

  /** What the groups of all subscriptions to a topic begin with. */
  String subscriptions(Topic topic) {
    return GROUP_PREFIX + "topic:" + topic(topic) + ":";
  }

  /** The share group of a durable subscription to a pattern. */
  String group(TopicPattern pattern, String subscription) {
    return subscriptions(pattern) + subscription;
  }

  /** The share group of a shared subscription to a pattern that is not durable. */
  String sharedGroup(TopicPattern pattern, String subscription) {
    return subscriptions(pattern) + "~" + subscription;
  }

  private static String subscriptions(TopicPattern pattern) {
    return PATTERNS + pattern.expression() + ":";
  }

  /** Of a subscription to a pattern, the share group that reads one native topic. */
  static String groupOfTopic(String group, String topic) {
    return group + ":" + topic;
  }

  /** Whether a share group is of a subscription to this topic, or to it by a pattern. */
  boolean isSubscription(String group, Topic topic) {
    return group.startsWith(subscriptions(topic))
        || (isOfOneTopic(group) && group.endsWith(":" + topic(topic)));
  }

  /** A pattern, a subscription and a topic; without the topic it is the one that holds it. */
  private static boolean isOfOneTopic(String group) {
    return group.startsWith(PATTERNS)
        && group.substring(PATTERNS.length()).chars().filter(c -> c == ':').count() == 2;
  }

  /** The portable topic behind a native one; empty when none is. */
  Optional<Topic> portable(String topic) {
    return portable(false, topic).map(Topic.class::cast);
  }

  /** A native topic in words: the destination that it is for, when it is for one. */
  String describe(String topic) {
    return portable(true, topic)
        .or(() -> portable(false, topic))
        .map(Destination::describe)
        .orElse("topic '" + topic + "' of Kafka");
  }

  private Optional<Destination> portable(boolean queue, String topic) {
    Optional<? extends Destination> mapped = configured.portable(queue, topic);
    if (mapped.isPresent()) {
      return Optional.of(mapped.get());
    }
    String name = unmapped(queue ? QUEUE : TOPIC, topic);
    if (name.isEmpty() || name.length() > Destination.MAX_NAME_LENGTH) {
      return Optional.empty();
    }
    Destination candidate = queue ? Queue.of(name) : Topic.of(name);
    return topic(candidate).equals(topic) ? Optional.of(candidate) : Optional.empty();
  }

  /** What the portable name must be, if it is a name of ours and of that kind at all. */
  private static String unmapped(String kind, String topic) {
    if (topic.startsWith(kind + ".")) {
      return topic.substring(kind.length() + 1);
    }
    String withUnderscores = kind + "-u.";
    int end = topic.lastIndexOf('-');
    return topic.startsWith(withUnderscores) && end > withUnderscores.length()
        ? topic.substring(withUnderscores.length(), end)
        : "";
  }

  private static String mapped(Destination destination) {
    String kind = destination instanceof Queue ? QUEUE : TOPIC;
    String name = destination.name();
    return name.indexOf('_') < 0 ? kind + "." + name : kind + "-u." + name + "-" + separators(name);
  }

  private static String separators(String name) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int count = 0;
    for (int i = 0; i < name.length(); i++) {
      char character = name.charAt(i);
      if (character != '.' && character != '_') {
        continue;
      }
      bits = bits << 1 | (character == '_' ? 1 : 0);
      count++;
      if (count == BITS_PER_CHAR) {
        text.append(BASE_32.charAt(bits));
        bits = 0;
        count = 0;
      }
    }
    if (count > 0) {
      text.append(BASE_32.charAt(bits));
    }
    return text.toString();
  }
}
