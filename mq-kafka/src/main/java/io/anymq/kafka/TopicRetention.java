package io.anymq.kafka;

import io.anymq.Destination;
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
 * Looks at the topics of queues and of durable and shared subscriptions, which another program may
 * have created: one that is compacted is refused, for it loses messages as a matter of course, and
 * one that drops what is old, or too much, is warned of. Each is looked at when the link first uses
 * it; it is warned of once, and not again with each link that recovers. Safe for use by several
 * threads.
 */
final class TopicRetention {

  private static final Logger LOG = LoggerFactory.getLogger(TopicRetention.class);
  private static final String KEEPS_ALL = "-1";

  /** What has been warned of; far more topics than a program uses. */
  private static final int MOST_TOLD = 10_000;

  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private final KafkaTopology topology;
  private final Set<String> checked = ConcurrentHashMap.newKeySet();

  /** For one link. */
  TopicRetention(KafkaTopology topology) {
    this.topology = topology;
  }

  /** Throws where the topic of a destination is compacted. */
  void check(Destination destination) {
    String topic = topology.names().topic(destination);
    if (!checked.contains(topic)) {
      check(destination, topology.visibleSettings(topic));
    }
  }

  /** As that, of a topic that has these settings. */
  void check(Destination destination, Map<String, String> settings) {
    String topic = topology.names().topic(destination);
    if (settings.isEmpty()) {
      return; // it is not there yet, or nobody may look
    }
    requireNotCompacted(destination, topic, settings);
    String dropping = dropping(settings);
    if (checked.add(topic) && !dropping.isEmpty() && isNew(topic, dropping)) {
      LOG.warn(
          "{} loses messages that nobody has consumed: its topic {} has {}; set -1 to keep them",
          destination.describe(),
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

  private static void requireNotCompacted(
      Destination destination, String topic, Map<String, String> settings) {
    if (isCompacted(settings)) {
      throw new InvalidDestinationException(
          "%s would lose messages: its topic %s has cleanup.policy=%s, which keeps one message of each key; %s needs cleanup.policy=delete"
              .formatted(
                  destination.describe(),
                  topic,
                  settings.get(TopicConfig.CLEANUP_POLICY_CONFIG),
                  destination instanceof Queue ? "a queue" : "a durable or shared subscription"));
    }
  }

  /** Whether a topic with these settings drops messages from its middle. */
  static boolean isCompacted(Map<String, String> settings) {
    return settings
        .getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "")
        .contains(TopicConfig.CLEANUP_POLICY_COMPACT);
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
