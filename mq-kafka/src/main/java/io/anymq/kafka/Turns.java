package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.List;

/**
 * Tells whose consumers take turns. Those of one share group that do are the members of a consumer
 * group beside it. Safe for use by several threads.
 *
 * <p>Whoever takes turns joins that group first, and then looks for members of the share group that
 * take none; those join the share group first, and look for turns before they hand anything out. So
 * of two that meet one sees the other.
 */
final class Turns {

  private final KafkaCalls calls;

  Turns(KafkaCalls calls) {
    this.calls = calls;
  }

  /** The consumer group of those who take turns in a share group. */
  static String group(String shareGroup) {
    return KafkaNames.GROUP_PREFIX + "turns:" + shareGroup;
  }

  /** The names of the clients that take turns, leftovers of this JVM left out. */
  List<String> members(String shareGroup) {
    return ConsumerGroups.members(calls, group(shareGroup)).stream()
        .filter(client -> !ClientIds.isLeftover(client))
        .toList();
  }

  /** Whether another one than this client has its turn. */
  boolean hasOther(String shareGroup, String client) {
    return ConsumerGroups.assigned(calls, group(shareGroup)).stream()
        .anyMatch(each -> !each.equals(client));
  }

  /** Has nobody wait for what clients of this JVM have left in line that have ended. */
  void removeLeftovers(String shareGroup) {
    ConsumerGroups.removeLeftovers(calls, group(shareGroup));
  }

  /** Refuses one that takes no turns where others do. */
  void requireNone(String shareGroup) {
    if (!members(shareGroup).isEmpty()) {
      throw inUse("its consumers keep the order of keys, and this one does not", shareGroup);
    }
  }

  static MessagingException inUse(String why, String shareGroup) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        "A consumer of share group %s is refused: %s; close the one before the other is opened"
            .formatted(shareGroup, why));
  }
}
