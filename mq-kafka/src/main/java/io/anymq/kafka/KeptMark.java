package io.anymq.kafka;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;

/**
 * Tells that there may be {@link KeptRecords} of a share group. The groups that have the notes are
 * named after consumers that nobody knows any more, so they are found among all groups of the
 * cluster. The mark spares that where there are none, which is the rule: it is in a group of a name
 * that everybody knows. It is written whenever notes are, always the same, so that no two writers
 * disturb each other; and it is not taken away, so that none is missed, but forgotten by Kafka with
 * the last note. Safe for use by several threads.
 */
final class KeptMark {

  private final KafkaCalls calls;
  private final String prefix;

  /**
   * Marks of groups.
   *
   * @param calls asks the cluster
   * @param prefix of the names of all groups that have to do with notes, up to a consumer's name
   */
  KeptMark(KafkaCalls calls, String prefix) {
    this.calls = calls;
    this.prefix = prefix;
  }

  /** No consumer's name is empty. */
  private String name(String group) {
    return prefix + ":" + group;
  }

  /**
   * Makes consumers look for notes.
   *
   * @param group the share group
   * @param partition any of its topic's: Kafka takes no offset for another
   */
  void set(String group, TopicPartition partition) {
    write(name(group), partition, "to note that records of group " + group + " are kept");
  }

  /** Throws when this user may not set marks; writes where nobody looks for any. */
  void probe(TopicPartition partition) {
    write(prefix + "rights", partition, "to find out whether records may be noted");
  }

  private void write(String name, TopicPartition partition, String purpose) {
    calls.await(
        calls
            .admin()
            .alterConsumerGroupOffsets(name, Map.of(partition, new OffsetAndMetadata(0)))
            .all(),
        purpose,
        "READ on group %s and on topic %s".formatted(name, partition.topic()));
  }

  /** Whether there may be notes. Whoever may not read that may not read them, either. */
  boolean isSet(String group) {
    return calls
        .awaitUnless(
            GroupAuthorizationException.class,
            calls
                .admin()
                .listConsumerGroupOffsets(name(group))
                .partitionsToOffsetAndMetadata(name(group)),
            "whether records of group " + group + " are kept",
            "DESCRIBE on group " + name(group))
        .map(places -> places.values().stream().anyMatch(Objects::nonNull))
        .orElse(false);
  }
}
