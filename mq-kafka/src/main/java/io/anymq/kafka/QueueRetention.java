package io.anymq.kafka;

import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics of queues, which another program may have created: one that is compacted is
 * refused, for it loses messages as a matter of course, and one that drops what is old, or too
 * much, is warned of. Each is looked at when the link first uses it. Safe for use by several
 * threads.
 */
final class QueueRetention {

  private static final Logger LOG = LoggerFactory.getLogger(QueueRetention.class);
  private static final String KEEPS_ALL = "-1";

  private final KafkaTopology topology;
  private final Set<String> checked = ConcurrentHashMap.newKeySet();

  QueueRetention(KafkaTopology topology) {
    this.topology = topology;
  }

  /** Throws where the topic of a queue is compacted. */
  void check(Queue queue) {
    String topic = topology.names().topic(queue);
    if (checked.contains(topic)) {
      return;
    }
    Map<String, String> settings = settings(topic);
    requireNotCompacted(queue, topic, settings);
    String dropping = dropping(settings);
    if (checked.add(topic) && !dropping.isEmpty()) {
      LOG.warn(
          "{} loses messages that nobody has consumed: its topic {} has {}; set -1 to keep them",
          queue.describe(),
          topic,
          dropping);
    }
  }

  /** Who may not see the settings may use the queue all the same. */
  private Map<String, String> settings(String topic) {
    try {
      return topology.settings(topic);
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      LOG.debug("Whether topic {} keeps all messages is not known", topic, e);
      return Map.of();
    }
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
