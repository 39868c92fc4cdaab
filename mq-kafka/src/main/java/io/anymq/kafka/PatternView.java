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
 * The topics that one pattern means, as they come and go, and get more partitions. A topic that was
 * deleted and made again is another one, with another id. One thread at a time.
 */
final class PatternView {

  /**
   * A topic counts as gone after so many looks, 5 s: a broker that has just started knows none. As
   * often those that are known are described again.
   */
  private static final int LOOKS = 25;

  private final TopicPattern pattern;
  private final KafkaTopology topology;
  private final Map<String, TopicDescription> known = new HashMap<>();
  private final Map<String, Integer> missing = new HashMap<>();
  private int looks;

  /** Whether something has changed that nobody was told of, as a look failed. */
  private boolean changed;

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
    return partitions(known.values());
  }

  /** The partitions of topics, with the topics' ids. */
  static Map<TopicPartition, Uuid> partitions(Collection<TopicDescription> topics) {
    Map<TopicPartition, Uuid> partitions = new HashMap<>();
    for (TopicDescription topic : topics) {
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
    forget(all.keySet());
    // Only a description tells of partitions.
    boolean again = ++looks % LOOKS == 0;
    Set<String> asked = new HashSet<>();
    all.forEach(
        (name, id) -> {
          TopicDescription topic = known.get(name);
          if (isMeant(name) && (again || topic == null || !topic.topicId().equals(id))) {
            asked.add(name);
          }
        });
    if (!asked.isEmpty()) {
      topology.findAll(asked).forEach(this::note);
    }
    boolean news = changed;
    changed = false;
    return news;
  }

  /** A broker that is behind may report fewer partitions than there are: they never get fewer. */
  private void note(TopicDescription topic) {
    TopicDescription before = known.get(topic.name());
    if (before == null
        || !before.topicId().equals(topic.topicId())
        || before.partitions().size() < topic.partitions().size()) {
      known.put(topic.name(), topic);
      changed = true;
    }
  }

  private boolean isMeant(String name) {
    return topology.names().portable(name).filter(pattern::matches).isPresent();
  }

  private void forget(Set<String> there) {
    missing.keySet().removeAll(there);
    for (String name : List.copyOf(known.keySet())) {
      if (!there.contains(name) && missing.merge(name, 1, Integer::sum) >= LOOKS) {
        known.remove(name);
        missing.remove(name);
        changed = true;
      }
    }
  }
}
