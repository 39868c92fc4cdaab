package io.anymq.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A group that ends with its last member, as one that is about to join it has set it up. Whoever
 * has seen it without members may remove it in that moment, of another link or process: then its
 * places are forgotten, the broker chooses others, and messages are lost. So the one that joins
 * looks once more when it is a member: from then on nobody can remove the group. Safe for use by
 * several threads.
 *
 * <p>A broker that starts, or chooses leaders, leaves partitions out, or tells no place for them
 * for a while; that is no sign of a removal, and is asked for again. A group that its first member
 * has made has no place until something is settled, though: then there is none for longer.
 */
final class BegunGroup {

  /** How long places may be missing for another reason than a removal. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** After so long one that has a member may have no place: nothing has been settled there. */
  private static final Duration NO_PLACE = Duration.ofMillis(500);

  private final KafkaTopology topology;
  private final String group;
  private final String topic;
  private final Uuid topicId;

  /** All partitions of the topic. */
  private final Set<TopicPartition> partitions;

  /** Where the group was in those in which it had a place. */
  private final Map<TopicPartition, Long> places;

  /** Until when somebody may be removing the group that saw nobody use it. */
  private final long removableUntil;

  private BegunGroup(
      KafkaTopology topology,
      String group,
      TopicDescription topic,
      Set<TopicPartition> partitions,
      Map<TopicPartition, Long> places,
      Duration removal) {
    this.topology = topology;
    this.group = group;
    this.topic = topic.name();
    this.topicId = topic.topicId();
    this.partitions = partitions;
    this.places = places;
    removableUntil = System.nanoTime() + removal.toNanos();
  }

  /**
   * As a group is now.
   *
   * @param topic its topic, as it was before the group was set up
   * @param removal how long somebody takes at most who removes it
   * @param placed where it must have places, and are noted where it has; one that was removed has
   *     none as long as others are members who have yet to notice
   * @return empty, when it is not set up for all partitions any more: it is to begin anew
   */
  static Optional<BegunGroup> of(
      KafkaTopology topology,
      String group,
      TopicDescription topic,
      Duration removal,
      Set<TopicPartition> placed) {
    Set<TopicPartition> partitions = Set.copyOf(KafkaTopology.partitions(topic));
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE.toNanos()) {
      Map<TopicPartition, Long> places = new HashMap<>();
      Map<TopicPartition, Optional<Long>> seen = topology.groups().places(group);
      seen.forEach((each, place) -> place.ifPresent(known -> places.put(each, known)));
      places.keySet().retainAll(partitions);
      boolean isWhole = places.size() == partitions.size();
      boolean mayLack =
          System.nanoTime() - began > NO_PLACE.toNanos()
              && seen.keySet().containsAll(partitions)
              && partitions.stream()
                  .noneMatch(each -> placed.contains(each) && !places.containsKey(each));
      if (isWhole || mayLack) {
        placed.addAll(places.keySet());
        return Optional.of(
            new BegunGroup(topology, group, topic, partitions, Map.copyOf(places), removal));
      }
      pause(group);
    }
    return Optional.empty();
  }

  private static void pause(String group) {
    Pauses.brief("looking where group " + group + " is");
  }

  /** Whether it is for that very topic. */
  boolean isOf(TopicDescription other) {
    return topicId.equals(other.topicId());
  }

  /**
   * Whether nobody has removed it, as far as can be seen; for one that has joined, and has settled
   * nothing. Settings that are missing are made again. What others are done with moves places
   * forward, and never back.
   */
  boolean isThere() {
    int unused = topology.groups().markAgain(group);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      Map<TopicPartition, Optional<Long>> now = topology.groups().places(group);
      if (isBehind(now)) {
        return false;
      }
      if (isComplete(now)) {
        return true;
      }
      pause(group);
    } while (System.nanoTime() - deadline < 0);
    return false;
  }

  private boolean isBehind(Map<TopicPartition, Optional<Long>> now) {
    return places.entrySet().stream()
        .anyMatch(
            begun ->
                now.getOrDefault(begun.getKey(), Optional.empty())
                    .filter(place -> place < begun.getValue())
                    .isPresent());
  }

  private boolean isComplete(Map<TopicPartition, Optional<Long>> now) {
    return now.keySet().containsAll(partitions)
        && places.keySet().stream()
            .allMatch(each -> now.getOrDefault(each, Optional.empty()).isPresent());
  }

  /**
   * Sets it up as it was, where it was removed: it does not exist any more, so that nobody can have
   * gone on with it. One that is there has its places, though they may not be told now. Later than
   * a removal takes, and for a later topic of that name, the old places mean nothing.
   *
   * @return after how many deliveries the broker archives a record
   */
  int restore() {
    int limit = topology.groups().markAgain(group);
    if (!places.isEmpty()
        && System.nanoTime() - removableUntil < 0
        && !topology.groups().exists(group)
        && topology.find(topic).filter(now -> now.topicId().equals(topicId)).isPresent()) {
      topology.groups().initialise(group, places);
    }
    return limit;
  }
}
