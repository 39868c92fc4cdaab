package io.anymq.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * The groups of a pattern's topics that others may remove until members have joined them; see
 * {@link BegunGroup}. Safe for use by several threads.
 */
final class BegunGroups {

  private final Map<String, BegunGroup> begun = new ConcurrentHashMap<>();
  private final Map<String, GroupConsumer> joining = new ConcurrentHashMap<>();

  private BegunGroups() {}

  /** None that others may remove. */
  static BegunGroups none() {
    return new BegunGroups();
  }

  /**
   * Those of a shared subscription as they are now.
   *
   * @param group the group that holds the subscription
   * @param topics the topics that match
   * @param removal as for {@link BegunGroup#of}
   * @param placed as for {@link BegunGroup#of}
   * @return empty, when one of them is not set up any more
   */
  static Optional<BegunGroups> of(
      KafkaTopology topology,
      String group,
      Collection<TopicDescription> topics,
      Duration removal,
      Set<TopicPartition> placed) {
    BegunGroups all = none();
    for (TopicDescription topic : topics) {
      String one = KafkaNames.groupOfTopic(group, topic.name());
      Optional<BegunGroup> found = BegunGroup.of(topology, one, topic, removal, placed);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      all.begun.put(one, found.get());
    }
    return Optional.of(all);
  }

  /**
   * As {@link BegunGroup#restore}.
   *
   * @return empty, when it is none of these: it is to be set up as any other
   */
  OptionalInt restore(String group, TopicDescription topic) {
    BegunGroup found = begun.get(group);
    return found == null || !found.isOf(topic)
        ? OptionalInt.empty()
        : OptionalInt.of(found.restore());
  }

  /** A consumer joins one of them. */
  void joins(String group, GroupConsumer consumer) {
    if (begun.containsKey(group)) {
      joining.put(group, consumer);
    }
  }

  /**
   * Whether all are there when their consumers have joined them, as {@link BegunGroup#isThere}.
   * From then on they are as any other.
   */
  boolean areThere(Members members) {
    joining.forEach(members::awaitJoinedOrClose);
    boolean there = begun.values().stream().allMatch(BegunGroup::isThere);
    begun.clear();
    joining.clear();
    return there;
  }
}
