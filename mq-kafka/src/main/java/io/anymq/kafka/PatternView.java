package io.anymq.kafka;

import io.anymq.TopicPattern;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * The topics that one pattern means, as they come and go. A topic that was deleted and made again
 * is another one, with another id. One thread at a time.
 */
final class PatternView {

  /** A topic counts as gone after so many looks, 5 s: a broker that has just started knows none. */
  private static final int LOOKS = 25;

  private final TopicPattern pattern;
  private final KafkaTopology topology;
  private final Map<String, TopicDescription> known = new HashMap<>();
  private final Map<String, Integer> missing = new HashMap<>();

  PatternView(TopicPattern pattern, KafkaTopology topology) {
    this.pattern = pattern;
    this.topology = topology;
  }

  /** The native topics. */
  List<TopicDescription> topics() {
    return List.copyOf(known.values());
  }

  /** Their partitions, with the ids of the topics. */
  Map<TopicPartition, Uuid> partitions() {
    Map<TopicPartition, Uuid> partitions = new HashMap<>();
    for (TopicDescription topic : known.values()) {
      KafkaTopology.partitions(topic).forEach(each -> partitions.put(each, topic.topicId()));
    }
    return partitions;
  }

  /**
   * Notes what there is.
   *
   * @param all the ids of all topics
   * @return whether something has changed for this pattern
   */
  boolean look(Map<String, Uuid> all) {
    boolean changed = forget(all.keySet());
    Set<String> fresh = new HashSet<>();
    all.forEach(
        (name, id) -> {
          TopicDescription topic = known.get(name);
          if (isMeant(name) && (topic == null || !topic.topicId().equals(id))) {
            fresh.add(name);
          }
        });
    Collection<TopicDescription> found = fresh.isEmpty() ? List.of() : topology.findAll(fresh);
    found.forEach(topic -> known.put(topic.name(), topic));
    return changed || !found.isEmpty();
  }

  private boolean isMeant(String name) {
    return topology.names().portable(name).filter(pattern::matches).isPresent();
  }

  private boolean forget(Set<String> there) {
    missing.keySet().removeAll(there);
    boolean changed = false;
    for (String name : List.copyOf(known.keySet())) {
      if (!there.contains(name) && missing.merge(name, 1, Integer::sum) >= LOOKS) {
        known.remove(name);
        missing.remove(name);
        changed = true;
      }
    }
    return changed;
  }
}
