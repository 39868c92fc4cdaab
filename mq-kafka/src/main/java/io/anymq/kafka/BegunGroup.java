package io.anymq.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A group that ends with its last member, as one that is about to join it has set it up. Whoever
 * has seen it without members may remove it in that moment, of another link or process: then its
 * settings and its places are forgotten, the broker's defaults hold, and messages are lost. So the
 * one that joins looks once more when it is a member: from then on nobody can remove the group.
 * Safe for use by several threads.
 */
final class BegunGroup {

  private final ShareGroups groups;
  private final String group;
  private final Map<TopicPartition, Long> places;

  private BegunGroup(ShareGroups groups, String group, Map<TopicPartition, Long> places) {
    this.groups = groups;
    this.group = group;
    this.places = places;
  }

  /** As a group is now. */
  static BegunGroup of(ShareGroups groups, String group) {
    return new BegunGroup(groups, group, places(groups, group));
  }

  private static Map<TopicPartition, Long> places(ShareGroups groups, String group) {
    Map<TopicPartition, Long> places = new HashMap<>();
    groups.offsets(group).forEach((each, info) -> places.put(each, info.startOffset()));
    return Map.copyOf(places);
  }

  /**
   * Whether nobody has removed it, as far as can be seen. Places move only by what members are done
   * with.
   *
   * @param hasOthers whether others than the one that has just joined may be members
   */
  boolean isThere(boolean hasOthers) {
    if (!groups.settings().areApplied(group)) {
      return false;
    }
    Map<TopicPartition, Long> now = places(groups, group);
    return hasOthers ? now.keySet().containsAll(places.keySet()) : now.equals(places);
  }

  /** Sets it up as it was, where it was removed; one that has members has its places, too. */
  void restore() {
    groups.markEnding(group);
    Map<TopicPartition, Long> missing = new HashMap<>(places);
    List.copyOf(places(groups, group).keySet()).forEach(missing::remove);
    if (!missing.isEmpty()) {
      groups.moveUnlessUsed(group, missing);
    }
  }
}
