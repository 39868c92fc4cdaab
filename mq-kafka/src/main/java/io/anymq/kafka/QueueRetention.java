package io.anymq.kafka;

import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics of queues, which another program may have created: one that is compacted is
 * refused, for it loses messages as a matter of course, and one that drops what is old, or too
 * much, is warned of. Each is looked at when the link first uses it; it is warned of once, and not
 * again with each link that recovers. Safe for use by several threads.
 */
final class QueueRetention {

  private static final Logger LOG = LoggerFactory.getLogger(QueueRetention.class);
  private static final String KEEPS_ALL = "-1";

  /** What has been warned of; far more topics than a program uses. */
  private static final int MOST_TOLD = 10_000;

  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private final KafkaTopology topology;
  private final Set<String> checked = ConcurrentHashMap.newKeySet();

  /** For one link. */
  QueueRetention(KafkaTopology topology) {
    this.topology = topology;
  }

  /** Throws where the topic of a queue is compacted. */
  void check(Queue queue) {
    String topic = topology.names().topic(queue);
    if (!checked.contains(topic)) {
      check(queue, topology.visibleSettings(topic));
    }
  }

  /** As that, of a topic that has these settings. */
  void check(Queue queue, Map<String, String> settings) {
    String topic = topology.names().topic(queue);
    requireNotCompacted(queue, topic, settings);
    String dropping = dropping(settings);
    if (checked.add(topic) && !dropping.isEmpty() && isNew(topic, dropping)) {
      LOG.warn(
          "{} loses messages that nobody has consumed: its topic {} has {}; set -1 to keep them",
          queue.describe(),
          topic,
          dropping);
    }
  }

  /** Topics of the same name may be another cluster's, or made again; their ids differ. */
  private boolean isNew(String topic, String dropping) {
    Uuid id = topology.find(topic).map(TopicDescription::topicId).orElse(Uuid.ZERO_UUID);
    if (TOLD.size() >= MOST_TOLD) {
      TOLD.clear();
    }
    return TOLD.add("%s %s".formatted(id, dropping));
  }

  static void requireNotCompacted(Queue queue, String topic, Map<String, String> settings) {
    String policy = settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
    if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new InvalidDestinationException(
          "%s would lose messages: its topic %s has cleanup.policy=%s, which keeps one message of each key; a queue needs cleanup.policy=delete"
              .formatted(queue.describe(), topic, policy));
    }
  }

  /** The settings by which a topic drops messages; empty: none. */
  static String dropping(Map<String, String> settings) {
    List<String> found = new ArrayList<>();
    if (settings
        .getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "")
        .contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
      for (String name :
          List.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)) {
        String value = settings.getOrDefault(name, KEEPS_ALL);
        if (!value.equals(KEEPS_ALL)) {
          found.add(name + "=" + value);
        }
      }
    }
    return String.join(" and ", found);
  }
}
