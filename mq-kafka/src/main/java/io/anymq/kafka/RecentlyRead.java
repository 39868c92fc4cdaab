package io.anymq.kafka;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a plain subscription has read a moment ago. The native consumer goes on in a topic that was
 * deleted and declared again before anybody has noticed that; when it is noticed, the new topic is
 * read from its beginning, and what was read of it already must not come twice. For one thread.
 */
final class RecentlyRead {

  /** Longer than it takes until a new topic is noticed. */
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A bound for a busy topic; what was read before may come twice. */
  private static final int MOST = 2_000;

  private final Deque<Read> reads = new ArrayDeque<>();

  /** By partition that is read from its beginning again, what was read of it, by offset. */
  private final Map<TopicPartition, Map<Long, Integer>> again = new HashMap<>();

  private record Read(TopicPartition partition, long offset, int print, long at) {}

  /** A partition is about to be read from its beginning, as it is of another topic. */
  void beginsAgain(TopicPartition partition) {
    forgetOld();
    Map<Long, Integer> known = new HashMap<>();
    for (Read each : reads) {
      if (each.partition().equals(partition)) {
        known.put(each.offset(), each.print());
      }
    }
    reads.removeIf(each -> each.partition().equals(partition));
    again.put(partition, known);
  }

  /** Whether it is new; that is noted. */
  boolean isNew(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    int print = print(record);
    Map<Long, Integer> known = again.get(partition);
    if (known != null) {
      Integer before = known.remove(record.offset());
      if (known.isEmpty()) {
        again.remove(partition);
      }
      if (before != null && before == print) {
        return false;
      }
    }
    forgetOld();
    reads.addLast(new Read(partition, record.offset(), print, System.nanoTime()));
    return true;
  }

  private void forgetOld() {
    long now = System.nanoTime();
    while (!reads.isEmpty() && (reads.size() >= MOST || now - reads.getFirst().at() > KEPT_NANOS)) {
      reads.removeFirst();
    }
  }

  /** Tells it from any other record of that offset. */
  private static int print(ConsumerRecord<byte[], byte[]> record) {
    return Arrays.hashCode(
        new int[] {
          Long.hashCode(record.timestamp()),
          Arrays.hashCode(record.value()),
          record.headers().hashCode()
        });
  }
}
