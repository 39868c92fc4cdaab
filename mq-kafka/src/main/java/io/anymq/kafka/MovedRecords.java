package io.anymq.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a {@link Mover} has moved from topic {@link KafkaNames#DELAYS}, now and then. For
 * the mover's thread.
 */
final class MovedRecords {

  private static final Logger LOG = LoggerFactory.getLogger(MovedRecords.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final KafkaCalls calls;
  private final BooleanSupplier isWanted;
  private final AtomicBoolean told = new AtomicBoolean();

  /** Up to where records are removed, as the broker has said. */
  private final Map<TopicPartition, Long> removed = new ConcurrentHashMap<>();

  private long sweepAt = System.nanoTime();

  /**
   * Removes nothing yet.
   *
   * @param isWanted whether a failure is worth a word, for any thread
   */
  MovedRecords(KafkaCalls calls, BooleanSupplier isWanted) {
    this.calls = calls;
    this.isWanted = isWanted;
  }

  /** The mover has the turn; the oldest record of a partition is at that place. */
  void begin(TopicPartition partition, long oldest) {
    removed.put(partition, oldest);
  }

  void sweepNowAndThen(Timetable timetable) {
    if (System.nanoTime() - sweepAt >= 0) {
      sweep(timetable);
    }
  }

  /** Removes what is moved; not all of it, should the link end before the answer is there. */
  void sweep(Timetable timetable) {
    sweepAt = System.nanoTime() + INTERVAL_NANOS;
    Map<TopicPartition, Long> places = timetable.firsts();
    places.entrySet().removeIf(each -> !isBehind(each.getKey(), each.getValue()));
    if (!places.isEmpty()) {
      remove(places);
    }
  }

  private boolean isBehind(TopicPartition partition, long first) {
    Long before = removed.get(partition);
    return before != null && before < first;
  }

  private void remove(Map<TopicPartition, Long> places) {
    Map<TopicPartition, RecordsToDelete> asked = new HashMap<>();
    places.forEach((each, place) -> asked.put(each, RecordsToDelete.beforeOffset(place)));
    KafkaFuture<Void> unused =
        calls
            .admin()
            .deleteRecords(asked)
            .all()
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    places.forEach((each, place) -> removed.merge(each, place, Math::max));
                  } else {
                    notRemoved(places.keySet(), failure);
                  }
                });
  }

  private void notRemoved(Set<TopicPartition> partitions, Throwable failure) {
    if (isWanted.getAsBoolean() && told.compareAndSet(false, true)) {
      LOG.warn("Moved messages stay in {}: they cannot be removed", partitions, failure);
    } else {
      LOG.debug("Moved messages stay in {}", partitions, failure);
    }
  }
}
