package io.anymq.kafka;

import io.anymq.InvalidOptionException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Tells offsets of partitions. Safe for use by several threads. */
final class LogOffsets {

  private final KafkaCalls calls;

  LogOffsets(KafkaCalls calls) {
    this.calls = calls;
  }

  /** Offsets of partitions, as the broker tells them. */
  Map<TopicPartition, Long> of(Collection<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> found =
        calls.await(
            calls.admin().listOffsets(asked).all(),
            "for the ends of " + partitions,
            "DESCRIBE on the topic");
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  /**
   * Where partitions are: at their beginning, their end, or the first record of a moment or later.
   * Where there is none so late, it is the end, asked for first, so that nothing is passed over.
   */
  Map<TopicPartition, Long> at(Collection<TopicPartition> partitions, OffsetSpec where) {
    Map<TopicPartition, Long> ends = of(partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> offsets = new HashMap<>(of(partitions, where));
    offsets.replaceAll(
        (partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
    return offsets;
  }

  /** The offset behind a position, within what the log still has. */
  Map<TopicPartition, Long> behind(LogPosition position, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> oldest = of(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> begin = of(partitions, OffsetSpec.latest());
    begin.replaceAll(
        (each, end) -> {
          if (position.offset() >= end) {
            throw new InvalidOptionException(
                "'%s' is a position that %s has not reached".formatted(position.text(), each));
          }
          return Math.max(oldest.getOrDefault(each, 0L), position.offset() + 1);
        });
    return begin;
  }
}
