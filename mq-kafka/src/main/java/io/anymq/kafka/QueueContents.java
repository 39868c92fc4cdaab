package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.kafka.TopicRemarks.Transactions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and removes what is in queues. Safe for use by several threads. */
final class QueueContents {

  private static final Logger LOG = LoggerFactory.getLogger(QueueContents.class);

  private final KafkaCalls calls;
  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final ShareGroups groups;
  private final LogOffsets logs;
  private final BrokerProfile profile;
  private final LinkState state;
  private final KeptRecords kept;
  private final Set<QueueScan> scans = ConcurrentHashMap.newKeySet();

  QueueContents(
      KafkaCalls calls,
      KafkaConfig config,
      KafkaTopology topology,
      BrokerProfile profile,
      LinkState state,
      KeptRecords kept) {
    this.kept = kept;
    this.calls = calls;
    this.config = config;
    this.topology = topology;
    this.profile = profile;
    this.state = state;
    groups = topology.groups();
    logs = topology.logs();
  }

  /**
   * The depth: what the broker counts as the group's lag, which leaves out what is accepted in the
   * middle. That is a difference of offsets; where not each offset is a message that waits, the
   * messages are counted one by one, and where that is not possible the depth is not exact.
   */
  QueueDepth depth(Queue queue) {
    List<TopicPartition> partitions = topology.partitions(queue);
    String topic = topology.names().topic(queue);
    Map<String, String> settings = topology.settings(topic);
    Transactions markers = topology.remarks().transactions(topic, settings);
    Lag lag = lag(queue, partitions);
    boolean dense =
        lag.dense()
            && markers != Transactions.SOME
            && !TopicRetention.isCompacted(settings)
            && topology.remarks().foreign(topic, partitions) == Transactions.NONE;
    OptionalLong counted =
        dense || !profile.stateReadable() ? OptionalLong.empty() : countOneByOne(queue);
    List<String> members = groups.members(topology.names().group(queue));
    int kept = kept(queue, members).size();
    // The lock of a consumer that has crashed may last; then the group counts its record, too.
    boolean exact = kept == 0 && (counted.isPresent() || (dense && markers == Transactions.NONE));
    OptionalLong total = OptionalLong.of(counted.orElse(lag.count()) + kept);
    OptionalLong ready = members.isEmpty() ? total : OptionalLong.empty();
    return new QueueDepth(ready, OptionalLong.empty(), total, exact, Instant.now());
  }

  /** What the group counts as done with, and comes again. */
  private List<KeptRecords.Note> kept(Queue queue, List<String> members) {
    return kept.abandoned(topology.names().group(queue), members);
  }

  /** The markers of transactions are in the lag, and are no messages. Empty: there is no time. */
  private OptionalLong countOneByOne(Queue queue) {
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    long count = 0;
    try (QueueScan scan = scan(queue)) {
      while (scan.next(deadline).isPresent()) {
        count++;
        if (System.nanoTime() - deadline > 0) {
          return OptionalLong.empty();
        }
      }
      return OptionalLong.of(count);
    } catch (MessagingTimeoutException e) {
      LOG.debug("What is in {} could not be counted in time", queue, e);
      return OptionalLong.empty();
    }
  }

  /**
   * How far a group is behind.
   *
   * @param count in offsets, and never more than the partitions hold
   * @param dense whether it knows of each offset up to the end whether it is done with: not where
   *     records were deleted below its feet, which it goes on counting, nor where it tells no place
   */
  private record Lag(long count, boolean dense) {}

  private Lag lag(Queue queue, List<TopicPartition> partitions) {
    Map<TopicPartition, SharePartitionOffsetInfo> offsets =
        groups.offsets(topology.names().group(queue));
    Map<TopicPartition, Long> starts = logs.of(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = logs.of(partitions, OffsetSpec.latest());
    long count = 0;
    boolean dense = true;
    for (TopicPartition partition : partitions) {
      long start = starts.getOrDefault(partition, 0L);
      long held = ends.getOrDefault(partition, 0L) - start;
      SharePartitionOffsetInfo info = offsets.get(partition);
      count += info == null ? held : Math.min(held, info.lag().orElse(held));
      boolean begun = info != null && info.startOffset() >= start;
      // Without any place the group has read nothing, and begins at the start.
      dense &= held == 0 || begun || offsets.isEmpty();
    }
    return new Lag(count, dense);
  }

  /** Begins to read what the queue holds now. */
  QueueScan scan(Queue queue) {
    QueueScan.Subject subject =
        QueueScan.Subject.of(topology.names().group(queue), topology.require(queue));
    QueueScan scan = new QueueScan(config, subject, state, scans::remove);
    scans.add(scan);
    try {
      scan.begin();
      return scan;
    } catch (RuntimeException e) {
      scan.close();
      throw e;
    }
  }

  /** Ends the scans that are under way. */
  void close() {
    scans.forEach(QueueScan::close);
  }

  /** Removes what no consumer holds. */
  void purge(Queue queue) {
    List<TopicPartition> partitions = topology.partitions(queue);
    String group = topology.names().group(queue);
    topology.ensureGroup(queue);
    Map<TopicPartition, Long> ends = logs.of(partitions, OffsetSpec.latest());
    kept(queue, groups.members(group)).forEach(kept::remove);
    if (skipTo(group, ends)) {
      deleteRecords(ends);
    } else {
      new Drain(config, topology.names().topic(queue), group, groups).run(ends);
    }
  }

  /** Moves the group past everything; the broker refuses while the group has members. */
  private boolean skipTo(String group, Map<TopicPartition, Long> ends) {
    try {
      groups.moveTo(group, ends);
      return true;
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        return false;
      }
      throw e;
    }
  }

  private void deleteRecords(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, RecordsToDelete> asked = new HashMap<>();
    ends.forEach((partition, end) -> asked.put(partition, RecordsToDelete.beforeOffset(end)));
    calls.await(
        calls.admin().deleteRecords(asked).all(),
        "to delete records of " + ends.keySet(),
        "DELETE on the topic");
  }
}
