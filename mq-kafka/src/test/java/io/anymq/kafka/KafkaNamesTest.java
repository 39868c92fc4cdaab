package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.NativeNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaNamesTest {

  /** Kafka's own rule for topics: {@code Topic.MAX_NAME_LENGTH}. */
  private static final int KAFKA_LIMIT = 249;

  private static final KafkaNames NAMES = new KafkaNames(NativeNames.none());

  @Test
  void plainNamesStayReadable() {
    assertThat(NAMES.topic(Queue.of("orders.new"))).isEqualTo("queue.orders.new");
    assertThat(NAMES.topic(Topic.of("orders-1"))).isEqualTo("topic.orders-1");
    assertThat(NAMES.topic(Queue.of("a_b"))).isEqualTo("queue-u.a_b-b");
  }

  @Test
  void noTwoNamesCollideAsKafkaSeesThem() {
    Map<String, Destination> seen = new HashMap<>();
    for (String name : allNames("ab._-", 5)) {
      for (Destination destination : List.of(Queue.of(name), Topic.of(name))) {
        // Kafka refuses a topic whose name is another's but for dots and underscores.
        String asKafkaCompares = NAMES.topic(destination).replace('.', '_');
        Destination other = seen.put(asKafkaCompares, destination);
        assertThat(other).as("shares %s with %s", asKafkaCompares, destination).isNull();
      }
    }
  }

  @Test
  void theLongestNamesFit() {
    for (String unit : List.of("_", ".", "a", "-")) {
      Queue queue = Queue.of(unit.repeat(Destination.MAX_NAME_LENGTH));
      assertThat(NAMES.topic(queue).length()).as(unit).isLessThanOrEqualTo(KAFKA_LIMIT);
    }
    assertThat(NAMES.topic(Topic.of("_".repeat(200)))).hasSize(KAFKA_LIMIT);
  }

  @Test
  void configuredNamesWin() {
    Queue queue = Queue.of("in");
    KafkaNames names = new KafkaNames(new NativeNames(Map.of(queue, "Legacy_In")));
    assertThat(names.topic(queue)).isEqualTo("Legacy_In");
    assertThat(names.group(queue)).isEqualTo("anymq:queue:Legacy_In");
    assertThat(names.topic(Topic.of("in"))).isEqualTo("topic.in");
  }

  @Test
  void topicsAreFoundByTheirNativeNames() {
    for (String name : allNames("ab._-", 5)) {
      Topic topic = Topic.of(name);
      assertThat(NAMES.portable(NAMES.topic(topic))).as(name).contains(topic);
      assertThat(NAMES.portable(NAMES.topic(Queue.of(name)))).as("queue %s", name).isEmpty();
    }
    for (String foreign :
        List.of("orders", "topic.", "topic.a_b", "topic-u.a.b-a", "topic-u.-", "__offsets")) {
      assertThat(NAMES.portable(foreign)).as(foreign).isEmpty();
    }
  }

  @Test
  void aConfiguredTopicIsFoundByThatNameOnly() {
    Topic topic = Topic.of("in");
    KafkaNames names = new KafkaNames(new NativeNames(Map.of(topic, "Legacy_In")));
    assertThat(names.portable("Legacy_In")).contains(topic);
    assertThat(names.portable("topic.in")).isEmpty();
  }

  @Test
  void groupsOfSubscriptionsDiffer() {
    Topic topic = Topic.of("news");
    assertThat(NAMES.group(topic, "a")).isEqualTo("anymq:topic:topic.news:a");
    assertThat(NAMES.group(topic, "a")).startsWith(NAMES.subscriptions(topic));
    assertThat(NAMES.group(Topic.of("news.a"), "b")).doesNotStartWith(NAMES.subscriptions(topic));
  }

  @Test
  void groupsOfPatternsBelongToTheirTopics() {
    String group = NAMES.group(TopicPattern.of("news.*"), "s");
    Topic topic = Topic.of("news.a");
    String one = KafkaNames.groupOfTopic(group, NAMES.topic(topic));
    assertThat(NAMES.isSubscription(one, topic)).isTrue();
    assertThat(NAMES.isSubscription(one, Topic.of("a"))).isFalse();
    assertThat(NAMES.isSubscription(group, topic)).isFalse();
    assertThat(NAMES.isSubscription(NAMES.group(topic, "s"), topic)).isTrue();
  }

  private static List<String> allNames(String alphabet, int maxLength) {
    List<String> names = new ArrayList<>(List.of(""));
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.length() < maxLength) {
        alphabet.chars().forEach(letter -> names.add(name + (char) letter));
      }
    }
    return names.subList(1, names.size());
  }
}
