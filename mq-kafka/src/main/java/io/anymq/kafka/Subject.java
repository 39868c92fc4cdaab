package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a consumer reads: the topic of one destination, or all topics that a pattern means.
 *
 * @param text for messages
 * @param needed native topics without which the consumer is of no use; none for a pattern
 * @param destinations tells the destination behind a native topic
 */
record Subject(String text, Set<String> needed, Function<String, Destination> destinations) {

  static Subject of(Destination destination, String topic) {
    return new Subject(destination.toString(), Set.of(topic), any -> destination);
  }

  static Subject of(TopicPattern pattern, KafkaNames names) {
    Map<String, Topic> seen = new ConcurrentHashMap<>();
    return new Subject(
        pattern.toString(),
        Set.of(),
        topic -> seen.computeIfAbsent(topic, name -> names.portable(name).orElseThrow()));
  }

  /** The destination behind a native topic. */
  Destination destination(String topic) {
    return destinations.apply(topic);
  }

  boolean isPattern() {
    return needed.isEmpty();
  }

  @Override
  public String toString() {
    return text;
  }
}
