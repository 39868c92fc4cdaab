package io.anymq.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * How far a plain subscription has read, by partition and topic id: a topic that was deleted and
 * declared again begins at its first record. For one thread.
 */
final class ReadPlaces {

  /** Much longer than it takes until a topic that was declared again is seen. */
  private static final long BEGUN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<TopicIdPartition, Long> next = new HashMap<>();

  /** Partitions that the native consumer reads from their first record again, and since when. */
  private final Map<TopicPartition, Long> begun = new HashMap<>();

  /**
   * Places to begin at.
   *
   * @param start the offsets
   * @param ids the ids of the topics
   */
  ReadPlaces(Map<TopicPartition, Long> start, Map<TopicPartition, Uuid> ids) {
    start.forEach((each, offset) -> next.put(withId(each, ids), offset));
  }

  private static TopicIdPartition withId(
      TopicPartition partition, Map<TopicPartition, Uuid> partitions) {
    return new TopicIdPartition(partitions.getOrDefault(partition, Uuid.ZERO_UUID), partition);
  }

  /**
   * Some records were read.
   *
   * @param ids the ids of the topics, as far as they are known
   */
  void read(ConsumerRecords<byte[], byte[]> records, Map<TopicPartition, Uuid> ids) {
    for (TopicPartition each : records.partitions()) {
      long before = next.getOrDefault(withId(each, ids), 0L);
      if (before > 0 && records.records(each).get(0).offset() == 0) {
        begun.put(each, System.nanoTime());
      }
    }
    records.nextOffsets().forEach((each, place) -> next.put(withId(each, ids), place.offset()));
  }

  /**
   * From now on a partition is of another topic.
   *
   * @param id the topic's id
   * @param before the id of the topic that was read there before; null for none
   * @return where to go on; empty where the native consumer has begun with it by itself, as its
   *     place was beyond the end of the new topic
   */
  OptionalLong enter(TopicPartition partition, Uuid id, @Nullable Uuid before) {
    TopicIdPartition now = new TopicIdPartition(id, partition);
    if (before != null && hasBegun(partition) && !next.containsKey(now)) {
      next.put(now, next.getOrDefault(new TopicIdPartition(before, partition), 0L));
      return OptionalLong.empty();
    }
    return OptionalLong.of(next.getOrDefault(now, 0L));
  }

  private boolean hasBegun(TopicPartition partition) {
    Long since = begun.remove(partition);
    return since != null && System.nanoTime() - since < BEGUN_NANOS;
  }
}
