package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidDestinationException;
import io.anymq.Options;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics that lose messages, used as queues. */
final class KafkaRetentionTest extends LinkTest {

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  @Test
  void aCompactedTopicIsNoQueue() throws Exception {
    String topic = KafkaHarness.NAMES.topic(queue);
    set("cleanup.policy", "compact");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> link.openProducer(queue, cause -> {}))
          .isInstanceOf(InvalidDestinationException.class)
          .hasMessageContaining(queue.describe())
          .hasMessageContaining("topic " + topic + " has cleanup.policy=compact");
      assertThatThrownBy(() -> new Taking(link, queue, 1))
          .isInstanceOf(InvalidDestinationException.class);
    }
    set("cleanup.policy", "delete");
    Links.send(link, queue, 1);
  }

  @ParameterizedTest
  @CsvSource({"durable, false", "shared, false", "durable, true", "shared, true"})
  void aCompactedTopicTakesNoSubscriptionThatMustLoseNothing(String kind, boolean pattern)
      throws Exception {
    Topic topic = newTopic();
    Source source = source(topic, kind, pattern);
    set(topic, "cleanup.policy", "compact");
    assertThatThrownBy(() -> new Taking(link, source, 1))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining(topic.describe())
        .hasMessageContaining("a durable or shared subscription needs cleanup.policy=delete");
    new Taking(link, source(topic, "plain", pattern), 1).close();
    set(topic, "cleanup.policy", "delete");
    new Taking(link, source, 1).close();
    link.delete(topic);
  }

  @ParameterizedTest
  @CsvSource({"durable, false", "shared, false", "durable, true", "shared, true"})
  void aTopicThatDropsMessagesIsWarnedOfAtItsSubscriptions(String kind, boolean pattern)
      throws Exception {
    Topic topic = newTopic();
    set(topic, "retention.ms", "604800000");
    try (LogLines log = new LogLines(topic.name())) {
      new Taking(link, source(topic, "plain", pattern), 1).close();
      assertThat(log.lines()).filteredOn(line -> line.contains("loses messages")).isEmpty();
      new Taking(link, source(topic, kind, pattern), 1).close();
      assertThat(log.lines())
          .filteredOn(line -> line.contains("loses messages"))
          .singleElement()
          .asString()
          .contains(topic.describe(), "retention.ms=604800000");
    }
    link.delete(topic);
  }

  /** Anybody may make such a topic, and the others of the subscription must not stop for it. */
  @Test
  void aSubscriptionThatIsThereLeavesOutATopicThatIsCompactedLater() throws Exception {
    Topic kept = newTopic();
    Source source = source(kept, "durable", true);
    new Taking(link, source, 1).close();
    Topic compacted = Topic.of(kept.name().replaceAll("x$", "y"));
    link.declare(compacted, QueueOptions.DEFAULT);
    set(compacted, "cleanup.policy", "compact");
    Links.send(link, kept, 1);
    Taking again = new Taking(link, source, 1);
    assertThat(again.take().message().text()).isEqualTo("0");
    again.close();
    link.delete(kept);
    link.delete(compacted);
  }

  private Topic newTopic() {
    Topic topic = Topic.of("t.%s.x".formatted(UUID.randomUUID()));
    link.declare(topic, QueueOptions.DEFAULT);
    return topic;
  }

  private static Source source(Topic topic, String kind, boolean pattern) {
    Optional<String> name = kind.equals("plain") ? Optional.empty() : Optional.of("s");
    Source.Terms terms = new Source.Terms(name, kind.equals("durable"), kind.equals("shared"));
    return pattern
        ? new Source.OfPattern(TopicPattern.of(topic.name().replaceAll("x$", "*")), terms)
        : new Source.OfTopic(topic, terms);
  }

  private void set(Topic topic, String name, String value) throws Exception {
    Links.set(link, ConfigResource.Type.TOPIC, KafkaHarness.NAMES.topic(topic), name, value);
  }

  private void set(String name, String value) throws Exception {
    Links.set(link, ConfigResource.Type.TOPIC, KafkaHarness.NAMES.topic(queue), name, value);
  }

  /** An answer takes a moment, and each producer waits for it. */
  @Test
  void aProducerAsksOnceForTheSettingsOfItsTopic() {
    AtomicInteger questions = new AtomicInteger();
    Interposed counting =
        new Interposed(
            (question, arguments) -> {
              if (question.equals("describeConfigs")
                  && ((Collection<?>) arguments.get(0)).contains(topicOfQueue())) {
                questions.incrementAndGet();
              }
              return false;
            },
            () -> {});
    Link counted = counting.link(broker);
    try {
      counted.openProducer(queue, cause -> {}).close();
      assertThat(questions).as("questions for the topic's settings").hasValue(1);
    } finally {
      counted.close(Links.PATIENCE);
    }
  }

  private ConfigResource topicOfQueue() {
    return new ConfigResource(ConfigResource.Type.TOPIC, KafkaHarness.NAMES.topic(queue));
  }

  /** A link that recovers may reach the cluster by another of its addresses. */
  @Test
  void aQueueThatDropsMessagesIsWarnedOfOnceThoughTheLinkRecovers() throws Exception {
    set("retention.ms", "604800000");
    try (LogLines log = new LogLines(queue.name())) {
      for (String url : List.of(broker.url(), broker.url(), broker.proxiedUrl())) {
        Link next = Links.open(url, Options.none(), new LinkedBlockingQueue<>());
        next.openProducer(queue, cause -> {}).close();
        new Taking(next, queue, 1).close();
        next.close(Links.PATIENCE);
      }
      assertThat(log.lines())
          .filteredOn(line -> line.contains("loses messages"))
          .singleElement()
          .asString()
          .contains("retention.ms=604800000");
    }
  }

  @Test
  void tellsWhatDropsMessages() {
    assertThat(TopicRetention.dropping(settings("delete", "604800000", "-1")))
        .isEqualTo("retention.ms=604800000");
    assertThat(TopicRetention.dropping(settings("delete", "1", "2")))
        .isEqualTo("retention.ms=1 and retention.bytes=2");
    assertThat(TopicRetention.dropping(settings("delete", "-1", "-1"))).isEmpty();
    assertThat(TopicRetention.dropping(settings("", "1", "-1"))).isEmpty();
    assertThat(TopicRetention.dropping(Map.of())).isEmpty();
  }

  private static Map<String, String> settings(String policy, String millis, String bytes) {
    return Map.of("cleanup.policy", policy, "retention.ms", millis, "retention.bytes", bytes);
  }
}
