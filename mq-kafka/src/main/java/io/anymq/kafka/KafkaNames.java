package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;

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

  private static String mapped(Destination destination) {
    String kind = destination instanceof Queue ? "queue" : "topic";
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
