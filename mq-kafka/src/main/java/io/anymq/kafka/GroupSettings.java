package io.anymq.kafka;

import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** The settings of share groups. Safe for use by several threads. */
final class GroupSettings {

  /** A broker archives a record after so many deliveries, where no setting can be read. */
  private static final int DEFAULT_DELIVERY_LIMIT = 5;

  private static final long DEFAULT_LOCK_MILLIS = 30_000;
  private static final String RESET = "share.auto.offset.reset";
  private static final String DELIVERY_LIMIT = "share.delivery.count.limit";
  private static final String LOCK_DURATION = "share.record.lock.duration.ms";
  private static final String MAX_LOCKS = "share.partition.max.record.locks";

  private final KafkaCalls calls;
  private final BrokerProfile profile;

  GroupSettings(KafkaCalls calls, BrokerProfile profile) {
    this.calls = calls;
    this.profile = profile;
  }

  /**
   * Sets a group up.
   *
   * @param group the group, which need not exist
   * @param reset where a partition begins that the group has no place in
   * @return after how many deliveries the broker archives a record, which is to lose it
   */
  int apply(String group, String reset) {
    Map<String, String> current = BrokerProfile.asMap(entries(group));
    Map<String, String> wanted = wanted(reset);
    alter(group, changes(current, wanted), "to set up group " + group);
    return limitOf(current, wanted);
  }

  private static List<AlterConfigOp> changes(
      Map<String, String> current, Map<String, String> wanted) {
    List<AlterConfigOp> changes = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          // What a broker does not list it does not know, and would refuse.
          if (current.containsKey(name) && !value.equals(current.get(name))) {
            changes.add(set(name, value));
          }
        });
    return changes;
  }

  /** Whether a group is set up, wherever a partition begins that it has no place in. */
  boolean areApplied(String group) {
    Map<String, String> current = BrokerProfile.asMap(entries(group));
    return changes(current, wanted(current.getOrDefault(RESET, ""))).isEmpty();
  }

  /** Sets again what was forgotten of a group, unless somebody has. */
  void restore(String group, Map<String, String> forgotten) {
    if (forgotten.isEmpty()) {
      return;
    }
    Map<String, String> missing = new LinkedHashMap<>(forgotten);
    own(group).keySet().forEach(missing::remove);
    alter(group, changes(BrokerProfile.asMap(entries(group)), missing), "to set up group " + group);
  }

  private Map<String, String> wanted(String reset) {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put(RESET, reset);
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

  /** Whether settings were made for a group, and not forgotten since. */
  boolean exist(String group) {
    return !own(group).isEmpty();
  }

  /**
   * Has a group's records lent for as short a time as the broker allows, so that what a crashed
   * consumer holds comes soon; members renew in time.
   *
   * @return how long that is
   */
  Duration shortenLocks(String group) {
    String now = BrokerProfile.asMap(entries(group)).get(LOCK_DURATION);
    int least = profile.number("group.share.min.record.lock.duration.ms").orElse(0);
    if (now == null || least == 0) {
      return Duration.ofMillis(now == null ? DEFAULT_LOCK_MILLIS : Long.parseLong(now));
    }
    if (Long.parseLong(now) > least) {
      alter(group, List.of(set(LOCK_DURATION, String.valueOf(least))), "to set up group " + group);
    }
    return Duration.ofMillis(Math.min(Long.parseLong(now), least));
  }

  /**
   * Takes away what was set for a group, which is no more.
   *
   * @param isUnused whether nobody uses a new group of that name
   * @return what it was
   */
  Map<String, String> forget(String group, BooleanSupplier isUnused) {
    Map<String, String> own = own(group);
    if (!own.isEmpty()) {
      alter(
          group,
          own.keySet().stream().map(GroupSettings::delete).toList(),
          "to forget the settings of group " + group);
      awaitForgotten(group, isUnused);
    }
    return own;
  }

  /** A broker hears of it a moment later; until then the group would be taken for one that is. */
  private void awaitForgotten(String group, BooleanSupplier isUnused) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (exist(group) && isUnused.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingTimeoutException(
            "Group " + group + " was deleted, but its settings are still there");
      }
      Pauses.brief("waiting for the settings of group " + group + " to go");
    }
  }

  private void alter(String group, List<AlterConfigOp> changes, String doing) {
    if (!changes.isEmpty()) {
      calls.await(
          calls.admin().incrementalAlterConfigs(Map.of(resource(group), changes)).all(),
          doing,
          "ALTER_CONFIGS on group " + group);
    }
  }

  private Collection<ConfigEntry> entries(String group) {
    Config config =
        calls
            .await(
                calls.admin().describeConfigs(List.of(resource(group))).all(),
                "for settings of group " + group,
                "DESCRIBE_CONFIGS on group " + group)
            .get(resource(group));
    return config == null ? List.of() : config.entries();
  }

  private static ConfigResource resource(String group) {
    return new ConfigResource(ConfigResource.Type.GROUP, group);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static AlterConfigOp delete(String name) {
    return new AlterConfigOp(new ConfigEntry(name, ""), AlterConfigOp.OpType.DELETE);
  }

  /** The settings that were made for the group itself. */
  private Map<String, String> own(String group) {
    return BrokerProfile.asMap(entries(group).stream().filter(GroupSettings::isOwn).toList());
  }

  /** Whether a setting was made for the group itself. */
  private static boolean isOwn(ConfigEntry entry) {
    return entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
  }
}
