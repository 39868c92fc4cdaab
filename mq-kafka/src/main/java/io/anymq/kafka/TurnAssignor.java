package io.anymq.kafka;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives all partitions to one member of a consumer group, which keeps them for as long as it is a
 * member: so one at a time has its turn, and the one that has waited longest is the next. Whoever
 * joins does not disturb the one whose turn it is.
 */
public final class TurnAssignor implements ConsumerPartitionAssignor {

  private final long since = System.currentTimeMillis();

  /** Made by the native client, one for each member. */
  public TurnAssignor() {}

  @Override
  public String name() {
    return "anymq-turn";
  }

  @Override
  public List<RebalanceProtocol> supportedProtocols() {
    return List.of(RebalanceProtocol.COOPERATIVE);
  }

  @Override
  public ByteBuffer subscriptionUserData(Set<String> topics) {
    return ByteBuffer.allocate(Long.BYTES).putLong(since).flip();
  }

  @Override
  public GroupAssignment assign(Cluster cluster, GroupSubscription group) {
    Map<String, Subscription> members = group.groupSubscription();
    Map<String, Assignment> assigned = new HashMap<>();
    members.forEach((member, asked) -> assigned.put(member, new Assignment(List.of())));
    members.entrySet().stream()
        .min(Comparator.comparing(Map.Entry::getValue, this::compare))
        .ifPresent(next -> assigned.put(next.getKey(), new Assignment(partitions(cluster, next))));
    return new GroupAssignment(assigned);
  }

  /** Whoever has the partitions comes first, and then whoever has waited for longest. */
  private int compare(Subscription one, Subscription other) {
    int owners =
        Boolean.compare(one.ownedPartitions().isEmpty(), other.ownedPartitions().isEmpty());
    if (owners != 0) {
      return owners;
    }
    int generations =
        Integer.compare(other.generationId().orElse(-1), one.generationId().orElse(-1));
    return generations != 0 && !one.ownedPartitions().isEmpty()
        ? generations
        : Long.compare(since(one), since(other));
  }

  private static long since(Subscription member) {
    ByteBuffer told = member.userData();
    return told == null || told.remaining() < Long.BYTES
        ? Long.MAX_VALUE
        : told.getLong(told.position());
  }

  private static List<TopicPartition> partitions(
      Cluster cluster, Map.Entry<String, Subscription> member) {
    return member.getValue().topics().stream()
        .flatMap(topic -> cluster.partitionsForTopic(topic).stream())
        .map(each -> new TopicPartition(each.topic(), each.partition()))
        .collect(Collectors.toList());
  }
}
