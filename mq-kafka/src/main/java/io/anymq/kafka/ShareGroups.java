package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, asks and removes share groups. Safe for use by several threads. */
final class ShareGroups {

  private static final Logger LOG = LoggerFactory.getLogger(ShareGroups.class);

  /** A broker archives a record after so many deliveries, where no setting can be read. */
  private static final int DEFAULT_DELIVERY_LIMIT = 5;

  private static final long DEFAULT_LOCK_MILLIS = 30_000;
  private static final String EARLIEST = "earliest";
  private static final String DELIVERY_LIMIT = "share.delivery.count.limit";
  private static final String LOCK_DURATION = "share.record.lock.duration.ms";
  private static final String MAX_LOCKS = "share.partition.max.record.locks";

  private final KafkaCalls calls;
  private final BrokerProfile profile;

  ShareGroups(KafkaCalls calls, BrokerProfile profile) {
    this.calls = calls;
    this.profile = profile;
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
    int limit = configure(group, EARLIEST);
    Map<TopicPartition, SharePartitionOffsetInfo> known = offsets(group);
    List<TopicPartition> fresh =
        partitions.stream().filter(partition -> !known.containsKey(partition)).toList();
    if (!fresh.isEmpty()) {
      initialise(group, fresh, start);
    }
    return limit;
  }

  /** Marks a group as set up, though it may have no topic, and no member. */
  int mark(String group) {
    return configure(group, EARLIEST);
  }

  /** Whether a group was set up, and not deleted since. */
  boolean isMarked(String group) {
    return settings(group).stream().anyMatch(ShareGroups::isOwn);
  }

  /**
   * Sets a group up that lasts as long as it has members: where it has none, it begins anew. Should
   * the last member remove it while one more is about to join, that one begins at the end, and not
   * with all that the topic keeps.
   *
   * @return as {@link #ensure}
   */
  int begin(String group, List<TopicPartition> partitions, OffsetSpec start) {
    int limit = configure(group, "latest");
    if (members(group).isEmpty()) {
      initialise(group, partitions, start);
    }
    return limit;
  }

  /** The group's coordinator hears of a topic that was just made a moment later than others. */
  private void initialise(String group, List<TopicPartition> partitions, OffsetSpec start) {
    Map<TopicPartition, Long> offsets = positions(partitions, start);
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (!tryMoveTo(group, offsets, deadline)) {
      Pauses.brief("waiting for the coordinator of group " + group);
    }
  }

  private boolean tryMoveTo(String group, Map<TopicPartition, Long> offsets, long deadline) {
    try {
      moveTo(group, offsets);
      return true;
    } catch (DestinationNotFoundException e) {
      if (System.nanoTime() - deadline > 0) {
        throw e;
      }
      return false;
    } catch (MessagingException e) {
      // Another connection has made the group meanwhile, and consumes already.
      if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
        throw e;
      }
      return true;
    }
  }

  /** Moves an empty group. */
  void moveTo(String group, Map<TopicPartition, Long> offsets) {
    calls.await(
        admin().alterShareGroupOffsets(group, offsets).all(),
        "to set where group " + group + " is");
  }

  /**
   * Where partitions are: at their beginning, their end, or the first record of a moment or later.
   * Where there is none so late, it is the end, asked for first, so that nothing is passed over.
   */
  Map<TopicPartition, Long> positions(Collection<TopicPartition> partitions, OffsetSpec where) {
    Map<TopicPartition, Long> ends = ends(partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> positions = new HashMap<>(ends(partitions, where));
    positions.replaceAll(
        (partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
    return positions;
  }

  /** The offset behind a position, within what the log still has. */
  Map<TopicPartition, Long> behind(LogPosition position, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> oldest = ends(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> begin = ends(partitions, OffsetSpec.latest());
    begin.replaceAll(
        (each, end) -> {
          if (position.offset() >= end) {
            throw new InvalidOptionException(
                "'%s' is a position that %s has not reached".formatted(position.text(), each));
          }
          return Math.max(oldest.getOrDefault(each, 0L), position.offset() + 1);
        });
    return begin;
  }

  /** Offsets of partitions, as the broker tells them. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, which));
    Map<TopicPartition, Long> ends = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> found =
        calls.await(admin().listOffsets(asked).all(), "for the ends of " + partitions);
    found.forEach((partition, info) -> ends.put(partition, info.offset()));
    return ends;
  }

  /** Where a group is, by partition; empty when it does not exist. */
  Map<TopicPartition, SharePartitionOffsetInfo> offsets(String group) {
    return calls
        .awaitUnless(
            GroupIdNotFoundException.class,
            admin()
                .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                .partitionsToOffsetInfo(group),
            "where group " + group + " is")
        .orElse(Map.of());
  }

  private int configure(String group, String reset) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    Map<String, String> current = BrokerProfile.asMap(settings(group));
    Map<String, String> wanted = wanted(reset);
    List<AlterConfigOp> changes = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          // What a broker does not list it does not know, and would refuse.
          if (current.containsKey(name) && !value.equals(current.get(name))) {
            changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
          }
        });
    if (!changes.isEmpty()) {
      calls.await(
          admin().incrementalAlterConfigs(Map.of(resource, changes)).all(),
          "to set up group " + group);
    }
    return limitOf(current, wanted);
  }

  private Collection<ConfigEntry> settings(String group) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    Config config =
        calls
            .await(
                admin().describeConfigs(List.of(resource)).all(), "for settings of group " + group)
            .get(resource);
    return config == null ? List.of() : config.entries();
  }

  /** Whether a setting was made for the group itself. */
  private static boolean isOwn(ConfigEntry entry) {
    return entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
  }

  private Map<String, String> wanted(String reset) {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("share.auto.offset.reset", reset);
    wanted.put("share.isolation.level", "read_committed");
    // A second member else waits for the next heartbeat, 5 s later, until it is given partitions.
    wanted.put(
        "share.assignment.interval.ms",
        profile.number("group.share.min.assignment.interval.ms").orElse(0).toString());
    profile
        .number("group.share.max.delivery.count.limit")
        .ifPresent(limit -> wanted.put(DELIVERY_LIMIT, limit.toString()));
    profile
        .number("group.share.max.partition.max.record.locks")
        .ifPresent(locks -> wanted.put(MAX_LOCKS, locks.toString()));
    return wanted;
  }

  private int limitOf(Map<String, String> current, Map<String, String> wanted) {
    String known = current.get(DELIVERY_LIMIT);
    if (known != null) {
      return Integer.parseInt(wanted.getOrDefault(DELIVERY_LIMIT, known));
    }
    return profile.number("group.share.delivery.count.limit").orElse(DEFAULT_DELIVERY_LIMIT);
  }

  /** The names of the clients that are members, leftovers of this JVM left out. */
  List<String> members(String group) {
    return describe(group).stream()
        .flatMap(found -> found.members().stream())
        .map(ShareMemberDescription::clientId)
        .filter(client -> !ClientIds.isLeftover(client))
        .toList();
  }

  /**
   * Has a group's records lent for as short a time as the broker allows, so that what a crashed
   * consumer holds comes soon; members renew in time.
   *
   * @return how long that is
   */
  Duration shortenLocks(String group) {
    String now = BrokerProfile.asMap(settings(group)).get(LOCK_DURATION);
    int least = profile.number("group.share.min.record.lock.duration.ms").orElse(0);
    if (now == null || least == 0) {
      return Duration.ofMillis(now == null ? DEFAULT_LOCK_MILLIS : Long.parseLong(now));
    }
    if (Long.parseLong(now) > least) {
      AlterConfigOp change =
          new AlterConfigOp(
              new ConfigEntry(LOCK_DURATION, String.valueOf(least)), AlterConfigOp.OpType.SET);
      ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
      calls.await(
          admin().incrementalAlterConfigs(Map.of(resource, List.of(change))).all(),
          "to set up group " + group);
    }
    return Duration.ofMillis(Math.min(Long.parseLong(now), least));
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
        "for the members of group " + group);
  }

  /** Removes a group; one that does not exist is no failure. */
  void delete(String group) {
    calls.awaitUnless(
        GroupIdNotFoundException.class,
        admin().deleteShareGroups(Set.of(group)).deletedGroups().get(group),
        "to delete group " + group);
    forgetSettings(group);
  }

  /** Removes a group whose topic is gone; members that it still has leave it by themselves. */
  void deleteIfEmpty(String group) {
    try {
      delete(group);
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
        throw e;
      }
      LOG.debug("Group {} still has members; Kafka drops it when it has been empty", group);
    }
  }

  private void forgetSettings(String group) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    List<AlterConfigOp> deletions =
        settings(group).stream()
            .filter(ShareGroups::isOwn)
            .map(
                entry ->
                    new AlterConfigOp(
                        new ConfigEntry(entry.name(), ""), AlterConfigOp.OpType.DELETE))
            .toList();
    if (deletions.isEmpty()) {
      return;
    }
    calls.await(
        admin().incrementalAlterConfigs(Map.of(resource, deletions)).all(),
        "to forget the settings of group " + group);
    awaitForgotten(group);
  }

  /** A broker hears of it a moment later; until then the group would be taken for one that is. */
  private void awaitForgotten(String group) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (settings(group).stream().anyMatch(ShareGroups::isOwn)) {
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingTimeoutException(
            "Group " + group + " was deleted, but its settings are still there");
      }
      Pauses.brief("waiting for the settings of group " + group + " to go");
    }
  }

  /** The share groups whose names begin so. */
  List<String> beginningWith(String prefix) {
    return all().filter(group -> group.startsWith(prefix)).toList();
  }

  /** The names of all share groups. */
  Stream<String> all() {
    return calls
        .await(admin().listGroups(ListGroupsOptions.forShareGroups()).all(), "for its share groups")
        .stream()
        .map(GroupListing::groupId);
  }
}
