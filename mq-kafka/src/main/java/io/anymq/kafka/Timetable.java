package io.anymq.kafka;

import io.anymq.InvalidMessageException;
import io.anymq.spi.support.RareWarning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * When which delayed message is due, of those that a {@link Mover} has read while it has the turn:
 * a {@link DelayLane} for each partition. For the mover's thread.
 */
final class Timetable {

  private static final int BATCH = 500;

  private static final Comparator<DelayedRecord> BY_DUE =
      Comparator.comparingLong(DelayedRecord::due)
          .thenComparingInt(record -> record.source().partition())
          .thenComparingLong(DelayedRecord::offset);

  private final Map<Integer, DelayLane> lanes = new HashMap<>();
  private final RareWarning foreign = new RareWarning(Timetable.class);

  /** Whether it has no partition, as its mover has not the turn. */
  boolean isEmpty() {
    return lanes.isEmpty();
  }

  void clear() {
    lanes.clear();
  }

  /**
   * Begins to read a partition where the mover before has left off.
   *
   * @param place what that one has committed
   */
  void begin(TopicPartition bucket, OffsetAndMetadata place, Consumer<byte[], byte[]> consumer) {
    DelayLane lane = new DelayLane(bucket.partition() == 0);
    lane.begin(place);
    lanes.put(bucket.partition(), lane);
    consumer.seek(bucket, lane.first());
  }

  void take(ConsumerRecord<byte[], byte[]> record) {
    DelayLane lane = lanes.get(record.partition());
    if (lane == null || lane.isMoved(record.offset())) {
      return;
    }
    try {
      lane.add(DelayedRecord.of(record).within(System.currentTimeMillis()));
    } catch (InvalidMessageException e) {
      foreign.warn("A record in topic " + record.topic() + " is none of this library's", e);
    }
  }

  /** Everything that the consumer has handed out has been taken. */
  void taken(Consumer<byte[], byte[]> consumer) {
    lanes.forEach((number, lane) -> lane.readUpTo(consumer.position(bucket(number))));
  }

  /** Has the native consumer read on where there is room. */
  void regulate(Consumer<byte[], byte[]> consumer) {
    long now = System.currentTimeMillis();
    Set<TopicPartition> paused = consumer.paused();
    lanes.forEach(
        (number, lane) -> {
          TopicPartition bucket = bucket(number);
          boolean full = lane.isFull(now);
          if (full && !paused.contains(bucket)) {
            consumer.pause(Set.of(bucket));
          } else if (!full && paused.contains(bucket)) {
            consumer.resume(Set.of(bucket));
          }
        });
  }

  /** What is to be looked at by now, or a good part of it, in the order in which it is due. */
  List<DelayedRecord> due(long now) {
    List<DelayedRecord> due = new ArrayList<>();
    lanes.values().forEach(lane -> lane.collect(now, BATCH, due));
    due.sort(BY_DUE);
    return due;
  }

  /** When to look at the first; never, when there is none. */
  long nextLook() {
    return lanes.values().stream().mapToLong(DelayLane::nextLook).min().orElse(Long.MAX_VALUE);
  }

  void remove(DelayedRecord record) {
    DelayLane lane = lanes.get(record.source().partition());
    if (lane != null) {
      lane.remove(record);
    }
  }

  /** What to commit when these records are done. */
  Map<TopicPartition, OffsetAndMetadata> without(List<DelayedRecord> done) {
    Map<Integer, List<DelayedRecord>> byLane =
        done.stream().collect(Collectors.groupingBy(record -> record.source().partition()));
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    byLane.forEach(
        (number, records) -> {
          DelayLane lane = lanes.get(number);
          if (lane != null) {
            offsets.put(bucket(number), lane.without(records));
          }
        });
    return offsets;
  }

  /** The first places that are left: records before them are of no more use. */
  Map<TopicPartition, Long> firsts() {
    Map<TopicPartition, Long> firsts = new HashMap<>();
    lanes.forEach((number, lane) -> firsts.put(bucket(number), lane.first()));
    return firsts;
  }

  private static TopicPartition bucket(int number) {
    return new TopicPartition(KafkaNames.DELAYS, number);
  }
}
