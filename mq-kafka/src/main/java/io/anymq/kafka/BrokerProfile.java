package io.anymq.kafka;

import io.anymq.ConnectFailedException;
import io.anymq.MessagingException;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found out about a cluster when the link was made.
 *
 * @param version the version, as far as the brokers tell it
 * @param shareGroups whether share groups are switched on
 * @param settings settings of one broker; empty when this user may not read them
 * @param stateReadable whether this user may read what share groups have done
 */
record BrokerProfile(
    String version, boolean shareGroups, Map<String, String> settings, boolean stateReadable) {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerProfile.class);

  /**
   * Which release brought which level of the feature {@code metadata.version}; from the enum
   * MetadataVersion of Kafka 4.4. A level in between belongs to the release below.
   */
  private static final NavigableMap<Integer, String> RELEASES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(1, "3.0"),
              Map.entry(2, "3.1"),
              Map.entry(3, "3.2"),
              Map.entry(4, "3.3"),
              Map.entry(8, "3.4"),
              Map.entry(9, "3.5"),
              Map.entry(12, "3.6"),
              Map.entry(15, "3.7"),
              Map.entry(20, "3.8"),
              Map.entry(21, "3.9"),
              Map.entry(22, "4.0"),
              Map.entry(26, "4.1"),
              Map.entry(28, "4.2"),
              Map.entry(30, "4.3"),
              Map.entry(31, "4.4"),
              Map.entry(34, "4.5")));

  private static final int NEWEST_KNOWN = 34;
  private static final int SESSION_MILLIS = 10_000;

  static BrokerProfile find(KafkaCalls calls) {
    FeatureMetadata features =
        calls.await(
            calls.admin().describeFeatures().featureMetadata(), "for its features", "a login");
    FinalizedVersionRange share = features.finalizedFeatures().get("share.version");
    boolean shareGroups = share != null && share.maxVersionLevel() >= 1;
    return new BrokerProfile(
        version(features), shareGroups, settings(calls), shareGroups && isStateReadable(calls));
  }

  /**
   * Brokers make the topic with the first share group. Where there are groups and no topic, it is
   * hidden from this user.
   */
  private static boolean isStateReadable(KafkaCalls calls) {
    DescribeTopicsOptions asked = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    try {
      return calls
          .awaitUnless(
              UnknownTopicOrPartitionException.class,
              calls
                  .admin()
                  .describeTopics(Set.of(ShareState.TOPIC), asked)
                  .topicNameValues()
                  .get(ShareState.TOPIC),
              "for topic " + ShareState.TOPIC,
              "DESCRIBE on topic " + ShareState.TOPIC)
          .map(BrokerProfile::mayRead)
          .orElseGet(() -> hasNoShareGroup(calls));
    } catch (MessagingException e) {
      LOG.debug("What share groups have done cannot be read: there is no browsing", e);
      return false;
    }
  }

  private static boolean mayRead(TopicDescription topic) {
    Set<AclOperation> allowed = topic.authorizedOperations();
    return allowed == null || allowed.contains(AclOperation.READ);
  }

  private static boolean hasNoShareGroup(KafkaCalls calls) {
    return calls
        .await(
            calls.admin().listGroups(ListGroupsOptions.forShareGroups()).all(),
            "for its share groups",
            "DESCRIBE on groups")
        .isEmpty();
  }

  /**
   * A broker does not tell its release. It tells the highest level of {@code metadata.version} that
   * its code knows, and each release has brought new ones.
   */
  private static String version(FeatureMetadata features) {
    SupportedVersionRange known = features.supportedFeatures().get("metadata.version");
    if (known == null) {
      return "unknown (the broker tells no metadata.version)";
    }
    int level = known.maxVersion();
    Map.Entry<Integer, String> release = RELEASES.floorEntry(level);
    if (release == null) {
      return "unknown (metadata.version " + level + ")";
    }
    String later = level > NEWEST_KNOWN ? " or later" : "";
    return release.getValue() + later + " (metadata.version " + level + ")";
  }

  private static Map<String, String> settings(KafkaCalls calls) {
    try {
      String node = firstInService(calls).idString();
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
      Config config =
          calls
              .await(
                  calls.admin().describeConfigs(List.of(broker)).all(),
                  "for its settings",
                  "DESCRIBE_CONFIGS on the cluster")
              .get(broker);
      return config == null ? Map.of() : asMap(config.entries());
    } catch (ConnectFailedException e) {
      throw e;
    } catch (MessagingException e) {
      LOG.debug("The settings of the brokers cannot be read; Kafka's defaults are assumed", e);
      return Map.of();
    }
  }

  /**
   * A broker that was silent for a while answers before its controller has it back: until then the
   * cluster names none.
   */
  private static Node firstInService(KafkaCalls calls) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (true) {
      Collection<Node> nodes =
          calls.await(calls.admin().describeCluster().nodes(), "for its brokers", "a login");
      if (!nodes.isEmpty()) {
        return nodes.iterator().next();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new ConnectFailedException(
            "The Kafka cluster has no broker in service; look into the log of its controller",
            null);
      }
      Pauses.brief("waiting for a broker in service");
    }
  }

  static Map<String, String> asMap(Collection<ConfigEntry> entries) {
    Map<String, String> values = new HashMap<>();
    for (ConfigEntry entry : entries) {
      if (entry.value() != null) {
        values.put(entry.name(), entry.value());
      }
    }
    return values;
  }

  /** A number among the broker's settings. */
  Optional<Integer> number(String name) {
    return Optional.ofNullable(settings.get(name)).map(Integer::valueOf);
  }

  /** How soon after a crash a member of a consumer group is gone: 10 s, or the least allowed. */
  Duration session() {
    return Duration.ofMillis(
        Math.max(SESSION_MILLIS, number("group.min.session.timeout.ms").orElse(0)));
  }

  void requireShareGroups() {
    if (!shareGroups) {
      throw new UnsupportedCapabilityException(
          "Kafka "
              + version
              + " has no share groups (feature share.version is off), which queues and durable"
              + " subscriptions need; use Kafka 4.2 or later, or topics with plain subscriptions");
    }
  }
}
