package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, asks and removes share groups. Safe for use by several threads. */
final class ShareGroups {

  private static final Logger LOG = LoggerFactory.getLogger(ShareGroups.class);

  private static final String EARLIEST = "earliest";
  private static final String LATEST = "latest";

  private final KafkaCalls calls;
  private final GroupSettings settings;
  private final LogOffsets logs;

  ShareGroups(KafkaCalls calls, BrokerProfile profile) {
    this.calls = calls;
    settings = new GroupSettings(calls, profile);
    logs = new LogOffsets(calls);
  }

  /**
   * Where a group begins in a partition that it has no place in: one that ends with its last member
   * at the end, see {@link #begin}, and others miss nothing. {@link KafkaNames#sharedGroup} names
   * the former.
   */
  static String resetOf(String group) {
    return group.contains(":~") ? LATEST : EARLIEST;
  }

  /** The settings of groups. */
  GroupSettings settings() {
    return settings;
  }

  private Admin admin() {
    return calls.admin();
  }

  /**
   * Sets a group up, unless it is: its settings, and where it begins.
   *
   * @param group the group
   * @param partitions of the topic
   * @param start where a group that is new begins
   * @return after how many deliveries the broker archives a record, which is to lose it
   */
  int ensure(String group, List<TopicPartition> partitions, OffsetSpec start) {
    int limit = settings.apply(group, EARLIEST);
    Map<TopicPartition, SharePartitionOffsetInfo> known = offsets(group);
    List<TopicPartition> missing =
        partitions.stream().filter(partition -> !known.containsKey(partition)).toList();
    if (!missing.isEmpty()) {
      initialiseFresh(group, missing, start);
    }
    return limit;
  }

  /**
   * Sets a group up where it is new. A partition is also missing from the list while it has no
   * leader, and a place that is only not told now must not be moved: so each is asked for by name,
   * which waits for leaders, and then the list again, for that answer tells no place either where
   * it cannot be read. A place that is told by name alone was left by somebody who crashed while he
   * set the group up; the broker would forget it.
   */
  private void initialiseFresh(String group, List<TopicPartition> missing, OffsetSpec start) {
    Map<TopicPartition, Long> begin = new HashMap<>(logs.at(missing, start));
    begin.putAll(placesByName(group, missing));
    begin.keySet().removeAll(offsets(group).keySet());
    if (!begin.isEmpty()) {
      initialise(group, begin);
    }
  }

  /** The places that a group has in some partitions; none for one where it has none. */
  private Map<TopicPartition, Long> placesByName(String group, List<TopicPartition> partitions) {
    ListShareGroupOffsetsSpec named = new ListShareGroupOffsetsSpec().topicPartitions(partitions);
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    for (int pauses = 0; ; pauses++) {
      Optional<Map<TopicPartition, SharePartitionOffsetInfo>> told = told(group, named);
      if (told.isEmpty() || told.get().keySet().containsAll(partitions)) {
        Map<TopicPartition, Long> places = new HashMap<>();
        told.orElse(Map.of())
            .forEach(
                (each, info) -> {
                  if (info != null) {
                    places.put(each, info.startOffset());
                  }
                });
        return places;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingTimeoutException(
            "The cluster does not tell where group %s is in %s: a partition may have no leader"
                .formatted(group, partitions));
      }
      Pauses.growing(pauses, "looking where group " + group + " is");
    }
  }

  /** Marks a group as set up, though it may have no topic, and no member. */
  int mark(String group) {
    return settings.apply(group, EARLIEST);
  }

  /** Marks a group again that lasts as long as it has members, should others have forgotten it. */
  int markAgain(String group) {
    return settings.applyAgain(group, LATEST);
  }

  /** Whether a group was set up, and not deleted since. */
  boolean isMarked(String group) {
    return settings.exist(group);
  }

  /**
   * Sets a group up that lasts as long as it has members: where it has none, it begins anew. Should
   * the last member remove it while one more is about to join, that one begins at the end, and not
   * with all that the topic keeps.
   *
   * @return as {@link #ensure}
   */
  int begin(String group, List<TopicPartition> partitions, OffsetSpec start) {
    int limit = settings.apply(group, LATEST);
    if (members(group).isEmpty()) {
      initialise(group, partitions, start);
    }
    return limit;
  }

  /** The group's coordinator hears of a topic that was just made a moment later than others. */
  private void initialise(String group, List<TopicPartition> partitions, OffsetSpec start) {
    initialise(group, logs.at(partitions, start));
  }

  /** As that, at certain places. */
  void initialise(String group, Map<TopicPartition, Long> offsets) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (!tryMoveTo(group, offsets, deadline)) {
      Pauses.brief("waiting for the coordinator of group " + group);
    }
  }

  private boolean tryMoveTo(String group, Map<TopicPartition, Long> offsets, long deadline) {
    try {
      moveUnlessUsed(group, offsets);
      return true;
    } catch (DestinationNotFoundException e) {
      if (System.nanoTime() - deadline > 0) {
        throw e;
      }
      return false;
    }
  }

  /** Moves a group, unless another connection consumes from it already. */
  private void moveUnlessUsed(String group, Map<TopicPartition, Long> offsets) {
    try {
      moveTo(group, offsets);
    } catch (MessagingException e) {
      requireInUse(group, e);
    }
  }

  /** Moves an empty group. */
  void moveTo(String group, Map<TopicPartition, Long> offsets) {
    calls.await(
        admin().alterShareGroupOffsets(group, offsets).all(),
        "to set where group " + group + " is in " + offsets.keySet(),
        "READ on group " + group + " and on its topic");
  }

  /**
   * Where a group is, by partition; empty when it does not exist. A partition has no information
   * where the broker tells no place: the group has none there yet, or it cannot be read now. One
   * that the broker cannot tell the end of is left out.
   */
  Map<TopicPartition, SharePartitionOffsetInfo> offsets(String group) {
    return told(group, new ListShareGroupOffsetsSpec()).orElse(Map.of());
  }

  private Optional<Map<TopicPartition, SharePartitionOffsetInfo>> told(
      String group, ListShareGroupOffsetsSpec which) {
    return calls.awaitUnless(
        GroupIdNotFoundException.class,
        admin().listShareGroupOffsets(Map.of(group, which)).partitionsToOffsetInfo(group),
        "where group " + group + " is",
        "DESCRIBE on group " + group);
  }

  /** As {@link #offsets}, the places alone. */
  Map<TopicPartition, Optional<Long>> places(String group) {
    Map<TopicPartition, Optional<Long>> places = new HashMap<>();
    offsets(group)
        .forEach(
            (partition, info) ->
                places.put(
                    partition,
                    Optional.ofNullable(info).map(SharePartitionOffsetInfo::startOffset)));
    return places;
  }

  /** Whether there is such a group. */
  boolean exists(String group) {
    return describe(group).isPresent();
  }

  /** The names of the clients that are members, leftovers of this JVM left out. */
  List<String> members(String group) {
    return describe(group).stream()
        .flatMap(found -> found.members().stream())
        .map(ShareMemberDescription::clientId)
        .filter(client -> !ClientIds.isLeftover(client))
        .toList();
  }

  /** Whether that member has been given partitions. */
  boolean isAssigned(String group, String clientId) {
    return describe(group).stream()
        .flatMap(found -> found.members().stream())
        .filter(member -> member.clientId().equals(clientId))
        .anyMatch(member -> !member.assignment().topicPartitions().isEmpty());
  }

  private Optional<ShareGroupDescription> describe(String group) {
    return calls.awaitUnless(
        GroupIdNotFoundException.class,
        admin().describeShareGroups(Set.of(group)).describedGroups().get(group),
        "for the members of group " + group,
        "DESCRIBE on group " + group);
  }

  /**
   * Removes a group; one that does not exist is no failure. Somebody who has set it up before may
   * join it now, and needs the settings.
   */
  void delete(String group) {
    deleteWithoutSettings(group);
    forget(settings.own(List.of(group)), () -> members(group).isEmpty());
  }

  private void deleteWithoutSettings(String group) {
    calls.awaitUnless(
        GroupIdNotFoundException.class,
        admin().deleteShareGroups(Set.of(group)).deletedGroups().get(group),
        "to delete group " + group,
        "DELETE on group " + group);
  }

  /**
   * Removes groups without members. Somebody may join a new group of such a name meanwhile, whose
   * settings must not be forgotten with those of this one.
   *
   * @param isUnused whether nobody uses the groups
   */
  void deleteWhile(List<String> groups, BooleanSupplier isUnused) {
    List<String> deleted = new ArrayList<>();
    try {
      for (String group : groups) {
        if (isUnused.getAsBoolean() && isDeleted(group)) {
          deleted.add(group);
        }
      }
    } finally {
      if (!deleted.isEmpty() && isUnused.getAsBoolean()) {
        forget(settings.own(deleted), isUnused);
      }
    }
  }

  /** Whether it is gone; one that has members stays. */
  private boolean isDeleted(String group) {
    try {
      deleteWithoutSettings(group);
      return true;
    } catch (MessagingException e) {
      requireInUse(group, e);
      return false;
    }
  }

  /** Forgets settings, and sets them again unless it is certain that nobody needs them. */
  private void forget(Map<String, Map<String, String>> own, BooleanSupplier isUnused) {
    boolean unused = false;
    try {
      settings.forget(own, isUnused);
      unused = isUnused.getAsBoolean();
    } finally {
      if (!unused) {
        settings.restore(own);
      }
    }
  }

  /** Removes a group whose topic is gone; members that it still has leave it by themselves. */
  void deleteIfEmpty(String group) {
    try {
      delete(group);
    } catch (MessagingException e) {
      requireInUse(group, e);
    }
  }

  private static void requireInUse(String group, MessagingException failure) {
    if (failure.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
      throw failure;
    }
    LOG.debug("Group {} has members, and stays as it is", group);
  }

  /** The share groups whose names begin so. */
  List<String> beginningWith(String prefix) {
    return all().filter(group -> group.startsWith(prefix)).toList();
  }

  /** The names of all share groups. */
  Stream<String> all() {
    return calls
        .await(
            admin().listGroups(ListGroupsOptions.forShareGroups()).all(),
            "for its share groups",
            "DESCRIBE on groups")
        .stream()
        .map(GroupListing::groupId);
  }
}
