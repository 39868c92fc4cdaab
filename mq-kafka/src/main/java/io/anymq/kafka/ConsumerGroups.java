package io.anymq.kafka;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Tells who the members of a consumer group are. */
final class ConsumerGroups {

  private ConsumerGroups() {}

  /** The names of the clients that are members; none, when there is no such group. */
  static List<String> members(KafkaCalls calls, String group) {
    Optional<ConsumerGroupDescription> found =
        calls.awaitUnless(
            GroupIdNotFoundException.class,
            calls.admin().describeConsumerGroups(Set.of(group)).describedGroups().get(group),
            "for the members of group " + group,
            "DESCRIBE on group " + group);
    return found.stream()
        .flatMap(each -> each.members().stream())
        .map(MemberDescription::clientId)
        .toList();
  }
}
