package io.anymq.kafka;

import io.anymq.spi.Parking;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * What a consumer was lent and has not given back for sure. A broker keeps in memory what it has
 * lent, and one that crashes lends it again as if for the first time. When it is back within the
 * link's time-out, nothing else tells of that: the native clients connect again by themselves.
 *
 * <p>Safe for use by several threads: a record may come again in another lane.
 */
final class Loans {

  /** One record that was lent. */
  static final class Loan {

    /** Tells a record from one at the same place of a later topic. */
    private final long timestamp;

    private final int count;
    private final int attempts;
    private volatile boolean settled;
    private volatile boolean released;

    private Loan(long timestamp, int count, int attempts) {
      this.timestamp = timestamp;
      this.count = count;
      this.attempts = attempts;
    }

    /** A record that was released comes again, and the broker may know of fewer deliveries. */
    private boolean isOver() {
      return settled && !(released && count > attempts);
    }

    /** How often the record was lent to this consumer's knowledge, this time included. */
    int count() {
      return count;
    }

    /** It is accepted or released; whether the broker has heard of that is not known yet. */
    void settle(boolean accepted) {
      released = !accepted;
      settled = true;
    }
  }

  private final int most;
  private final Map<TopicPartition, Map<Long, Loan>> open = new HashMap<>();

  /** With a prefetch, on which depends how many records can be lent at a time. */
  Loans(int prefetch) {
    most = 2 * prefetch + Parking.MOST;
  }

  /**
   * A record is lent.
   *
   * @param attempts how often, as the broker counts
   */
  synchronized Loan lend(ConsumerRecord<byte[], byte[]> record, int attempts) {
    Map<Long, Loan> places =
        open.computeIfAbsent(
            new TopicPartition(record.topic(), record.partition()), unseen -> bounded());
    Loan before = places.remove(record.offset());
    int known =
        before != null && before.timestamp == record.timestamp() ? before.count + 1 : attempts;
    Loan loan = new Loan(record.timestamp(), Math.max(attempts, known), attempts);
    places.put(record.offset(), loan);
    return loan;
  }

  /** Those that others were given after all are never settled here: the oldest go. */
  private Map<Long, Loan> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Long, Loan> eldest) {
        return size() > most;
      }
    };
  }

  /** The broker has confirmed acknowledgements, which may be renewals. */
  synchronized void confirmed(TopicIdPartition partition, Collection<Long> offsets) {
    Map<Long, Loan> places = open.get(partition.topicPartition());
    if (places != null) {
      offsets.forEach(
          offset -> places.computeIfPresent(offset, (place, loan) -> loan.isOver() ? null : loan));
    }
  }

  /** How many are remembered. */
  synchronized int size() {
    return open.values().stream().mapToInt(Map::size).sum();
  }
}
