package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and removes topics and the groups that go with them. Safe for use by several threads. */
final class KafkaTopology {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopology.class);

  private final KafkaCalls calls;
  private final KafkaConfig config;
  private final KafkaNames names;
  private final ShareGroups groups;
  private final LogOffsets logs;
  private final TopicRemarks remarks;
  private final BrokerProfile profile;
  private final TopicMaker maker;
  private final TopicRetention retention;

  KafkaTopology(
      KafkaCalls calls,
      KafkaConfig config,
      KafkaNames names,
      ShareGroups groups,
      BrokerProfile profile) {
    this.calls = calls;
    this.config = config;
    this.names = names;
    this.groups = groups;
    logs = new LogOffsets(calls);
    remarks = new TopicRemarks(calls, this);
    retention = new TopicRetention(this);
    this.profile = profile;
    maker = new TopicMaker(calls, config, this::find);
  }

  KafkaNames names() {
    return names;
  }

  ShareGroups groups() {
    return groups;
  }

  LogOffsets logs() {
    return logs;
  }

  TopicRemarks remarks() {
    return remarks;
  }

  TopicRetention retention() {
    return retention;
  }

  void declare(Destination destination) {
    if (destination instanceof Queue) {
      profile.requireShareGroups();
    }
    List<TopicPartition> partitions = ensureTopic(names.topic(destination));
    if (destination instanceof Queue queue) {
      groups.ensure(names.group(queue), partitions, OffsetSpec.earliest());
    }
  }

  /** Makes a native topic, unless it is there. */
  List<TopicPartition> ensureTopic(String topic) {
    return ensureTopic(topic, Map.of());
  }

  /** Makes a native topic with some settings of its own, unless it is there. */
  List<TopicPartition> ensureTopic(String topic, Map<String, String> own) {
    return ensureTopic(topic, config.partitions(), own);
  }

  /** Makes a native topic of so many partitions, with some settings of its own. */
  List<TopicPartition> ensureTopic(String topic, int partitions, Map<String, String> own) {
    return maker.ensure(topic, partitions, own);
  }

  /** Whether there is a native topic, though it may be new, and not yet known everywhere. */
  boolean isThere(String topic) {
    return maker.isThere(topic);
  }

  /** Asks for a topic; the answer fails when there is none. Returns at once. */
  KafkaFuture<TopicDescription> ask(String topic) {
    // Of several things asked about at once each has its own answer; none is left out.
    return Objects.requireNonNull(
        calls.admin().describeTopics(Set.of(topic)).topicNameValues().get(topic));
  }

  Optional<TopicDescription> find(String topic) {
    return calls.awaitUnless(
        UnknownTopicOrPartitionException.class,
        ask(topic),
        "to describe topic " + topic,
        "DESCRIBE on topic " + topic);
  }

  /** The topics of those names that there are. */
  Collection<TopicDescription> findAll(Set<String> topics) {
    Map<String, KafkaFuture<TopicDescription>> answers =
        calls.admin().describeTopics(topics).topicNameValues();
    return topics.stream()
        .flatMap(
            topic ->
                calls
                    .awaitUnless(
                        UnknownTopicOrPartitionException.class,
                        answers.get(topic),
                        "to describe topic " + topic,
                        "DESCRIBE on topic " + topic)
                    .stream())
        .toList();
  }

  boolean exists(Destination destination) {
    return find(names.topic(destination)).isPresent();
  }

  /** The partitions of a destination's topic. */
  List<TopicPartition> partitions(Destination destination) {
    return partitions(require(destination));
  }

  /** The topic of a destination that must be there. */
  TopicDescription require(Destination destination) {
    return find(names.topic(destination)).orElseThrow(() -> notFound(destination));
  }

  static List<TopicPartition> partitions(TopicDescription description) {
    return description.partitions().stream()
        .map(partition -> new TopicPartition(description.name(), partition.partition()))
        .toList();
  }

  /** As {@link #notFound(Destination)}, of the destination that a native topic is. */
  DestinationNotFoundException notFound(String topic) {
    return new DestinationNotFoundException(names.describe(topic) + " does not exist");
  }

  /**
   * Asks for something that a destination has; where it is gone meanwhile, the failure names it.
   */
  <T> T of(Destination destination, Supplier<T> question) {
    try {
      return question.get();
    } catch (DestinationNotFoundException e) {
      if (e.getCause() == null) {
        throw e; // It names the destination, as this class does.
      }
      throw new DestinationNotFoundException(missing(destination), e);
    }
  }

  DestinationNotFoundException notFound(Destination destination) {
    return new DestinationNotFoundException(missing(destination));
  }

  private String missing(Destination destination) {
    return "%s does not exist; on Kafka it would be topic %s"
        .formatted(destination.describe(), names.topic(destination));
  }

  /** As {@link #settings}; none, too, where this user may not see them. */
  Map<String, String> visibleSettings(String topic) {
    try {
      return settings(topic);
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      LOG.debug("What topic {} does with its records is not known", topic, e);
      return Map.of();
    }
  }

  /** The settings of a topic; none, when it does not exist. */
  Map<String, String> settings(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return calls
        .awaitUnless(
            UnknownTopicOrPartitionException.class,
            calls.admin().describeConfigs(List.of(resource)).values().get(resource),
            "for settings of topic " + topic,
            "DESCRIBE_CONFIGS on topic " + topic)
        .map(found -> BrokerProfile.asMap(found.entries()))
        .orElse(Map.of());
  }

  /** Changes a setting of a topic. */
  void alter(String topic, String name, String value) {
    AlterConfigOp change =
        new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    calls.await(
        calls.admin().incrementalAlterConfigs(Map.of(resource, List.of(change))).all(),
        "to change settings of topic " + topic,
        "ALTER_CONFIGS on topic " + topic);
  }

  /**
   * Deletes the groups first: afterwards the broker may look for the topic in vain. A group that
   * has members stays; it begins anew with the next topic of that name.
   */
  void delete(Destination destination) {
    if (profile.shareGroups()) {
      groupsOf(destination).forEach(groups::deleteIfEmpty);
    }
    String topic = names.topic(destination);
    calls.awaitUnless(
        UnknownTopicOrPartitionException.class,
        calls.admin().deleteTopics(Set.of(topic)).topicNameValues().get(topic),
        "to delete topic " + topic,
        "DELETE on topic " + topic);
    awaitGone(topic);
  }

  private List<String> groupsOf(Destination destination) {
    return destination instanceof Queue queue
        ? List.of(names.group(queue))
        : groups.all().filter(group -> names.isSubscription(group, (Topic) destination)).toList();
  }

  private void awaitGone(String topic) {
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    while (find(topic).isPresent()) {
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingException(
            ErrorCode.TIMEOUT, "Topic " + topic + " was deleted, but is still there");
      }
      Pauses.brief("waiting for topic " + topic + " to go");
    }
  }

  /** Makes sure that a queue's group is there. Answers the broker's delivery limit. */
  int ensureGroup(Queue queue) {
    profile.requireShareGroups();
    return groups.ensure(names.group(queue), partitions(queue), OffsetSpec.earliest());
  }

  /** Makes sure that a subscription's group is there; a new one begins where it is said. */
  int ensureGroup(Topic topic, String group, OffsetSpec start) {
    profile.requireShareGroups();
    return groups.ensure(group, partitions(topic), start);
  }

  /** As {@link #ensureGroup(Topic, String, OffsetSpec)}, of one that ends with its last member. */
  int beginGroup(Topic topic, String group, OffsetSpec start) {
    profile.requireShareGroups();
    return groups.begin(group, partitions(topic), start);
  }

  void unsubscribe(Topic topic, String subscription) {
    requireUnused(names.group(topic, subscription), topic.describe(), subscription);
    groups.delete(names.group(topic, subscription));
  }

  void unsubscribe(TopicPattern pattern, String subscription) {
    String group = names.group(pattern, subscription);
    requireUnused(group, pattern.toString(), subscription);
    groups.beginningWith(group + ":").forEach(groups::delete);
    groups.delete(group);
  }

  private void requireUnused(String group, String subject, String subscription) {
    profile.requireShareGroups();
    if (!groups.members(group).isEmpty()) {
      throw inUse(subject, subscription);
    }
  }

  static MessagingException inUse(String subject, String subscription) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        "A consumer holds subscription '%s' of %s; close it first. After a crash of its holder Kafka keeps it for as long as the group's share.session.timeout.ms says (45 s)"
            .formatted(subscription, subject));
  }
}
