package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes native topics, and finds those that were just made. Safe for use by several threads. */
final class TopicMaker {

  private final KafkaCalls calls;
  private final KafkaConfig config;
  private final Function<String, Optional<TopicDescription>> find;

  /**
   * For one link.
   *
   * @param calls asks the cluster
   * @param config the link's settings
   * @param find describes a native topic, if the broker that is asked knows it
   */
  TopicMaker(
      KafkaCalls calls, KafkaConfig config, Function<String, Optional<TopicDescription>> find) {
    this.calls = calls;
    this.config = config;
    this.find = find;
  }

  /** Makes a topic, unless it is there, and waits until it can be used. */
  List<TopicPartition> ensure(String topic, int partitions, Map<String, String> own) {
    if (find.apply(topic).isEmpty()) {
      create(topic, partitions, own);
    }
    return awaitPartitions(topic);
  }

  private void create(String topic, int partitions, Map<String, String> own) {
    NewTopic asked = newTopic(topic, partitions);
    Map<String, String> settings = settings();
    settings.putAll(own);
    asked.configs(settings);
    calls.awaitUnless(
        TopicExistsException.class,
        calls.admin().createTopics(List.of(asked)).values().get(topic),
        "to make topic " + topic,
        "CREATE on topic " + topic + " or on the cluster");
  }

  /**
   * Whether there is a native topic, though it may be new: the broker that is asked for it may not
   * have heard of it yet. The controller knows; it is asked as if to make it, and by one who may.
   */
  boolean isThere(String topic) {
    if (find.apply(topic).isPresent()) {
      return true;
    }
    if (!isRefusedAsExisting(topic)) {
      return false;
    }
    return !awaitPartitions(topic).isEmpty();
  }

  private boolean isRefusedAsExisting(String topic) {
    NewTopic asked = newTopic(topic, 1);
    CreateTopicsOptions pretend = new CreateTopicsOptions().validateOnly(true);
    KafkaFuture<Void> answer =
        Objects.requireNonNull(
            calls.admin().createTopics(List.of(asked), pretend).values().get(topic));
    try {
      return calls
          .awaitUnless(
              TopicExistsException.class,
              answer.thenApply(valid -> topic),
              "whether there is topic " + topic,
              "CREATE on topic " + topic + " or on the cluster")
          .isEmpty();
    } catch (MessagingException e) {
      if (e.isTransient()) {
        throw e;
      }
      return false; // It would be made, or could not be: it is not there.
    }
  }

  private NewTopic newTopic(String topic, int partitions) {
    Optional<Short> replicas =
        config.replicationFactor() == 0
            ? Optional.empty()
            : Optional.of((short) config.replicationFactor());
    return new NewTopic(topic, Optional.of(partitions), replicas);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    // What no consumer has taken yet must not go away with age or size: retention is by removal.
    settings.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
    settings.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
    settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(config.maxRecordBytes()));
    return settings;
  }

  /** A topic that was just made shows up on all brokers a moment later. */
  private List<TopicPartition> awaitPartitions(String topic) {
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    while (System.nanoTime() - deadline < 0) {
      Optional<TopicDescription> found = find.apply(topic);
      if (found.isPresent() && hasLeaders(found.get())) {
        return KafkaTopology.partitions(found.get());
      }
      Pauses.brief("waiting for topic " + topic);
    }
    throw new MessagingException(
        ErrorCode.TIMEOUT, "Topic " + topic + " was made, but has no leader in time");
  }

  private static boolean hasLeaders(TopicDescription description) {
    return description.partitions().stream()
        .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
  }
}
