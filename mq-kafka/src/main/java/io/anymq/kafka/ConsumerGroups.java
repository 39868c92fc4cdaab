package io.anymq.kafka;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** Tells who the members of a consumer group are, and removes what is left of some. */
final class ConsumerGroups {

  private ConsumerGroups() {}

  /** The names of the clients that are members; none, when there is no such group. */
  static List<String> members(KafkaCalls calls, String group) {
    return describe(calls, group).map(MemberDescription::clientId).toList();
  }

  /** The names of the clients that have partitions. */
  static List<String> assigned(KafkaCalls calls, String group) {
    return describe(calls, group)
        .filter(member -> !member.assignment().topicPartitions().isEmpty())
        .map(MemberDescription::clientId)
        .toList();
  }

  /**
   * Removes what clients of this JVM have left that have ended: members that could not say
   * good-bye. Else the others would wait until the session of those has timed out.
   */
  static void removeLeftovers(KafkaCalls calls, String group) {
    List<MemberToRemove> leftovers =
        describe(calls, group)
            .filter(member -> ClientIds.isLeftover(member.clientId()))
            .flatMap(member -> member.groupInstanceId().stream())
            .map(MemberToRemove::new)
            .toList();
    for (MemberToRemove each : leftovers) {
      Optional<Void> unused =
          calls.awaitUnless(
              UnknownMemberIdException.class,
              calls
                  .admin()
                  .removeMembersFromConsumerGroup(
                      group, new RemoveMembersFromConsumerGroupOptions(List.of(each)))
                  .memberResult(each),
              "to remove %s from group %s".formatted(each.groupInstanceId(), group),
              "READ on group " + group);
    }
  }

  private static Stream<MemberDescription> describe(KafkaCalls calls, String group) {
    Optional<ConsumerGroupDescription> found =
        calls.awaitUnless(
            GroupIdNotFoundException.class,
            calls.admin().describeConsumerGroups(Set.of(group)).describedGroups().get(group),
            "for the members of group " + group,
            "DESCRIBE on group " + group);
    return found.stream().flatMap(each -> each.members().stream());
  }
}
