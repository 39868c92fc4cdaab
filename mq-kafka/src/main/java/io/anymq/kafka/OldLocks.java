package io.anymq.kafka;

import io.anymq.MessagingException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the consumer that had its turn before, and is gone, may still hold. As a rule that is
 * nothing, for the broker takes back what was lent over a connection when that ends; but it may not
 * have heard of the end. It tells nobody what it has lent. So until all those locks must have
 * ended, whatever is fetched is compared with what the group is not done with: where something is
 * left out, an older record may be locked, and nothing may be delivered past it.
 *
 * <p>Safe for use by several threads.
 */
final class OldLocks {

  private static final Logger LOG = LoggerFactory.getLogger(OldLocks.class);

  /** Far less than a lock lasts: what was fetched is locked meanwhile. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /**
   * How to find out what a group is not done with.
   *
   * @param config the native clients' settings
   * @param groups tells where the group is
   * @param subject the group and its partitions
   * @param readable whether this user may read what the group is done with behind that
   * @param state the link's
   */
  record View(
      KafkaConfig config,
      ShareGroups groups,
      QueueScan.Subject subject,
      boolean readable,
      LinkState state) {

    /** The first places that the group is not done with; none, when they are not known. */
    Map<TopicPartition, Long> starts() {
      Map<TopicPartition, Long> starts = new HashMap<>();
      try {
        groups
            .places(subject.group())
            .forEach((each, place) -> place.ifPresent(known -> starts.put(each, known)));
      } catch (MessagingException e) {
        LOG.debug("Where group {} is is not known", subject.group(), e);
      }
      return starts;
    }
  }

  private final @Nullable View view;
  private volatile @Nullable QueueScan scan;
  private final CountDownLatch closed = new CountDownLatch(1);

  // Guarded by this:
  /** When some of the locks must have ended; with the last moment, all. */
  private final Deque<Long> ends;

  /** From where on the group is not done, and nothing has been fetched by this consumer. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private boolean behind;

  private OldLocks(@Nullable View view, List<Duration> within) {
    this.view = view;
    long now = System.nanoTime();
    ends =
        within.stream()
            .map(time -> now + time.toNanos())
            .collect(Collectors.toCollection(ArrayDeque::new));
  }

  /** There are none. */
  static OldLocks none() {
    return new OldLocks(null, List.of());
  }

  /**
   * There may be some.
   *
   * @param view what the group is not done with
   * @param within how long they may last, in ascending order: the last one is the longest
   */
  static OldLocks of(View view, List<Duration> within) {
    return new OldLocks(view, within);
  }

  /** Waits where an older record may be locked. To be called before each fetch. */
  void awaitEnd() throws InterruptedException {
    long pause = pause().toNanos();
    if (pause > 0) {
      boolean unused = closed.await(pause, TimeUnit.NANOSECONDS);
    }
  }

  /** How long nothing is to be fetched. */
  private synchronized Duration pause() {
    long now = System.nanoTime();
    while (!ends.isEmpty() && now - ends.getFirst() >= 0) {
      ends.removeFirst();
      behind = false;
    }
    return behind ? Duration.ofNanos(ends.getFirst() - now) : Duration.ZERO;
  }

  /** Whether none is left for sure. */
  synchronized boolean haveEnded() {
    return pause().isZero() && ends.isEmpty();
  }

  /** Whether there may be a lock on a record before one of these; then these must go back. */
  synchronized boolean mayBeBefore(ConsumerRecords<byte[], byte[]> fetched) {
    View seen = view;
    if (seen == null || ends.isEmpty() || fetched.isEmpty()) {
      return false;
    }
    if (next.isEmpty()) {
      next.putAll(seen.starts());
    }
    boolean later = !isNext(fetched) && leavesOut(fetched, seen);
    if (later) {
      LOG.info(
          "The consumer of {} that had its turn before is gone, and may still hold messages; they"
              + " come when its locks have ended",
          fetched.partitions());
    } else {
      fetched.partitions().forEach(each -> next.merge(each, last(fetched, each) + 1, Math::max));
    }
    behind = later;
    return later;
  }

  private static long last(ConsumerRecords<byte[], byte[]> fetched, TopicPartition partition) {
    List<ConsumerRecord<byte[], byte[]>> records = fetched.records(partition);
    return records.get(records.size() - 1).offset();
  }

  /** Whether these follow what was fetched before, without a gap. */
  private boolean isNext(ConsumerRecords<byte[], byte[]> fetched) {
    for (TopicPartition each : fetched.partitions()) {
      long expected = next.getOrDefault(each, -1L);
      for (ConsumerRecord<byte[], byte[]> record : fetched.records(each)) {
        if (expected < 0 || record.offset() > expected) {
          return false;
        }
        expected = Math.max(expected, record.offset() + 1);
      }
    }
    return true;
  }

  private boolean leavesOut(ConsumerRecords<byte[], byte[]> fetched, View seen) {
    if (!seen.readable()) {
      return true;
    }
    try (QueueScan look =
        new QueueScan(seen.config(), seen.subject(), seen.state(), ended -> scan = null)) {
      scan = look;
      if (closed.getCount() == 0) {
        return true;
      }
      look.begin();
      return leavesOut(fetched, look);
    } catch (MessagingException e) {
      LOG.debug("What group {} is not done with is not known", seen.subject().group(), e);
      return true;
    }
  }

  private boolean leavesOut(ConsumerRecords<byte[], byte[]> fetched, QueueScan look) {
    long deadline = System.nanoTime() + LOOK.toNanos();
    Set<TopicPartition> open = new HashSet<>(fetched.partitions());
    while (!open.isEmpty()) {
      Optional<ConsumerRecord<byte[], byte[]>> waits = look.next(deadline);
      if (waits.isEmpty()) {
        return false;
      }
      ConsumerRecord<byte[], byte[]> record = waits.get();
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (open.contains(partition)) {
        if (record.offset() >= last(fetched, partition)) {
          open.remove(partition);
        } else if (isLeftOut(record, fetched.records(partition), partition)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isLeftOut(
      ConsumerRecord<byte[], byte[]> record,
      List<ConsumerRecord<byte[], byte[]>> fetched,
      TopicPartition partition) {
    return record.offset() >= next.getOrDefault(partition, 0L)
        && fetched.stream().noneMatch(each -> each.offset() == record.offset());
  }

  /** Ends a look or a wait that is under way. Returns at once. */
  void close() {
    closed.countDown();
    QueueScan look = scan;
    if (look != null) {
      look.stop();
    }
  }
}
