package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

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
    String group = group(shareGroup);
    Optional<ConsumerGroupDescription> found =
        calls.awaitUnless(
            GroupIdNotFoundException.class,
            calls.admin().describeConsumerGroups(Set.of(group)).describedGroups().get(group),
            "for the members of group " + group);
    return found.stream()
        .flatMap(each -> each.members().stream())
        .map(MemberDescription::clientId)
        .filter(client -> !ClientIds.isLeftover(client))
        .toList();
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
