package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

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
    return apply(group, BrokerProfile.asMap(entries(group)), wanted(reset));
  }

  private int apply(String group, Map<String, String> current, Map<String, String> wanted) {
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

  /**
   * Sets a group up again, where somebody else may have forgotten its settings.
   *
   * @param reset as for {@link #apply}, where no such setting is left
   * @return as {@link #apply}
   */
  int applyAgain(String group, String reset) {
    Collection<ConfigEntry> entries = entries(group);
    String last = made(entries).getOrDefault(RESET, reset);
    return apply(group, BrokerProfile.asMap(entries), wanted(last));
  }

  /**
   * Sets groups up again whose settings somebody else may have changed or forgotten.
   *
   * @param resets by group, as for {@link #applyAgain}
   * @param refused is told of a group whose settings could not be restored
   * @return by group, after how many deliveries the broker archives a record; where that was
   *     changed now, the lower limit, for a broker hears of it a moment later
   */
  Map<String, Integer> renew(
      Map<String, String> resets, BiConsumer<String, MessagingException> refused) {
    Map<String, Integer> limits = new HashMap<>();
    entries(resets.keySet())
        .forEach(
            (group, entries) -> {
              String reset = resets.getOrDefault(group, ShareGroups.resetOf(group));
              Map<String, String> current = BrokerProfile.asMap(entries);
              Map<String, String> wanted = wanted(made(entries).getOrDefault(RESET, reset));
              wanted.computeIfPresent(
                  DELIVERY_LIMIT, (name, own) -> higher(own, current.get(name)));
              limits.put(group, renew(group, current, wanted, refused));
            });
    return limits;
  }

  /** Another link may know of a higher limit; two that set it in turn would lose messages. */
  private static String higher(String own, @Nullable String current) {
    return current != null && Integer.parseInt(current) > Integer.parseInt(own) ? current : own;
  }

  private int renew(
      String group,
      Map<String, String> current,
      Map<String, String> wanted,
      BiConsumer<String, MessagingException> refused) {
    int now = limitOf(current, Map.of());
    try {
      return Math.min(now, apply(group, current, wanted));
    } catch (MessagingException e) {
      refused.accept(group, e);
      return now;
    }
  }

  /**
   * Sets again what was forgotten of groups. What is set is not looked at: a broker hears of a
   * change a moment later, and may still tell what was there before.
   */
  void restore(Map<String, Map<String, String>> forgotten) {
    Map<String, List<AlterConfigOp>> changes = new HashMap<>();
    forgotten.forEach(
        (group, own) ->
            changes.put(
                group,
                own.entrySet().stream().map(each -> set(each.getKey(), each.getValue())).toList()));
    alter(changes, "to set up " + named(forgotten.keySet()));
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

  /** What was made for groups themselves, by group; those without any left out. */
  Map<String, Map<String, String>> own(Collection<String> groups) {
    Map<String, Map<String, String>> own = new HashMap<>();
    entries(groups)
        .forEach(
            (group, entries) -> {
              Map<String, String> made = made(entries);
              if (!made.isEmpty()) {
                own.put(group, made);
              }
            });
    return own;
  }

  /**
   * Takes away what was set for groups that are no more.
   *
   * @param own what that is
   * @param isUnused whether nobody uses new groups of their names
   */
  void forget(Map<String, Map<String, String>> own, BooleanSupplier isUnused) {
    Map<String, List<AlterConfigOp>> changes = new HashMap<>();
    own.forEach(
        (group, made) ->
            changes.put(group, made.keySet().stream().map(GroupSettings::delete).toList()));
    alter(changes, "to forget the settings of " + named(own.keySet()));
    awaitForgotten(own.keySet(), isUnused);
  }

  /** A broker hears of it a moment later; until then a group would be taken for one that is. */
  private void awaitForgotten(Set<String> groups, BooleanSupplier isUnused) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (!groups.isEmpty() && !own(groups).isEmpty() && isUnused.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingTimeoutException(
            "Settings of deleted " + named(groups) + " are still there");
      }
      Pauses.brief("waiting for the settings of " + named(groups) + " to go");
    }
  }

  private void alter(String group, List<AlterConfigOp> changes, String doing) {
    if (!changes.isEmpty()) {
      alter(Map.of(group, changes), doing);
    }
  }

  private void alter(Map<String, List<AlterConfigOp>> changes, String doing) {
    if (changes.isEmpty()) {
      return;
    }
    Map<ConfigResource, Collection<AlterConfigOp>> asked = new HashMap<>();
    changes.forEach((group, of) -> asked.put(resource(group), of));
    calls.await(
        calls.admin().incrementalAlterConfigs(asked).all(),
        doing,
        "ALTER_CONFIGS on " + named(changes.keySet()));
  }

  private Collection<ConfigEntry> entries(String group) {
    return entries(List.of(group)).getOrDefault(group, List.of());
  }

  private Map<String, Collection<ConfigEntry>> entries(Collection<String> groups) {
    Map<String, Collection<ConfigEntry>> entries = new HashMap<>();
    calls
        .await(
            calls
                .admin()
                .describeConfigs(groups.stream().map(GroupSettings::resource).toList())
                .all(),
            "for settings of " + named(groups),
            "DESCRIBE_CONFIGS on " + named(groups))
        .forEach((resource, config) -> entries.put(resource.name(), config.entries()));
    return entries;
  }

  private static String named(Collection<String> groups) {
    return (groups.size() == 1 ? "group " : "groups ") + String.join(", ", groups);
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
    return made(entries(group));
  }

  private static Map<String, String> made(Collection<ConfigEntry> entries) {
    return BrokerProfile.asMap(entries.stream().filter(GroupSettings::isOwn).toList());
  }

  /** Whether a setting was made for the group itself. */
  private static boolean isOwn(ConfigEntry entry) {
    return entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
  }
}
