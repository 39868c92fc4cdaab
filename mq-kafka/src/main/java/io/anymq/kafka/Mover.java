package io.anymq.kafka;

import io.anymq.InvalidMessageException;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves records that are due out of topic {@link KafkaNames#DELAYS}, while it has the turn in the
 * group of all movers; else it waits for that. What is moved and what is done with is one
 * transaction, and whoever gets the turn puts an end to those of the mover before: so nothing is
 * lost, and nothing moved twice. One thread owns the native clients.
 */
final class Mover implements Runnable, ConsumerRebalanceListener {

  static final String GROUP = KafkaNames.GROUP_PREFIX + "delays";

  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
  private static final int BATCH = 500;

  /** How long one call waits for records when nothing is due before. */
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  /** A group that changes is ready again after some of these. */
  private static final Duration HOLD = Duration.ofMillis(20);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** What is moved is removed so often. */
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Comparator<DelayedRecord> BY_DUE =
      Comparator.comparingLong(DelayedRecord::due)
          .thenComparingInt(record -> record.source().partition())
          .thenComparingLong(DelayedRecord::offset);

  private final KafkaConfig config;
  private final KafkaCalls calls;
  private final Moves moves;
  private final Duration session;
  private final LinkState state;
  private final String clientId;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean told = new AtomicBoolean();

  /** Up to where records are removed, as the broker has said. */
  private final Map<TopicPartition, Long> removed = new ConcurrentHashMap<>();

  private volatile boolean closing;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> open;

  // The thread's own:
  private final Map<Integer, DelayLane> lanes = new HashMap<>();
  private long sweepAt;
  private boolean hold;
  private boolean leaving;

  Mover(
      KafkaConfig config,
      KafkaCalls calls,
      KafkaTopology topology,
      Duration session,
      LinkState state) {
    this.config = config;
    this.calls = calls;
    this.session = session;
    this.state = state;
    clientId = config.clientId("mover");
    moves = new Moves(config, topology, clientId);
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    while (isWanted()) {
      try {
        workWithNew();
        if (leaving) {
          pause(DelayedRecord.AGAIN);
        }
      } catch (WakeupException e) {
        LOG.debug("Mover {} closes", clientId, e);
      } catch (RuntimeException e) {
        // Whatever it is: without a mover no delayed message of this cluster may come.
        if (Refusals.isOfMover(e)) {
          LOG.warn("This user may not move delayed messages, and leaves it to others", e);
          return;
        }
        failed(e);
      }
    }
  }

  private void workWithNew() {
    KafkaConsumer<byte[], byte[]> consumer = newConsumer();
    open = consumer;
    leaving = false;
    try {
      work(consumer);
    } finally {
      open = null;
      try {
        sweep();
      } finally {
        letGo();
        consumer.close(
            CloseOptions.timeout(state.isLost() ? Duration.ZERO : config.requestTimeout()));
      }
    }
  }

  private boolean isWanted() {
    return !closing && state.isOpen();
  }

  /** Another one may have the turn by now; whatever it is, begin anew. */
  private void failed(RuntimeException failure) {
    if (isWanted()) {
      LOG.warn("Moving delayed messages failed; it is tried again", failure);
      pause(PAUSE);
    }
  }

  private void pause(Duration time) {
    try {
      boolean unused = ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing = true;
      Thread.currentThread().interrupt();
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    return new KafkaConsumer<>(
        config.mover(clientId, GROUP, session),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private void work(KafkaConsumer<byte[], byte[]> consumer) {
    consumer.subscribe(Set.of(KafkaNames.DELAYS), this);
    while (isWanted() && !leaving) {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(untilNextLook())) {
        take(each);
      }
      if (!lanes.isEmpty()) {
        lanes.forEach((number, lane) -> lane.readUpTo(consumer.position(bucket(number))));
        move(consumer);
        regulate(consumer);
        sweepNowAndThen();
      }
    }
  }

  private static TopicPartition bucket(int number) {
    return new TopicPartition(KafkaNames.DELAYS, number);
  }

  private Duration untilNextLook() {
    if (hold) {
      hold = false;
      return HOLD;
    }
    long next = lanes.values().stream().mapToLong(DelayLane::nextLook).min().orElse(Long.MAX_VALUE);
    long wait = Math.max(0, next - System.currentTimeMillis());
    return Duration.ofMillis(Math.min(wait, LONGEST_WAIT_MILLIS));
  }

  // --- the turn

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], byte[]> consumer = open;
    if (partitions.isEmpty() || consumer == null) {
      return;
    }
    moves.begin();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
    for (TopicPartition each : partitions) {
      DelayLane lane = new DelayLane(each.partition() == 0);
      OffsetAndMetadata place = committed.get(each);
      lane.begin(place == null ? new OffsetAndMetadata(oldest.getOrDefault(each, 0L)) : place);
      lanes.put(each.partition(), lane);
      removed.put(each, oldest.getOrDefault(each, 0L));
      consumer.seek(each, lane.first());
    }
    LOG.debug("Mover {} has the turn", clientId);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      letGo();
    }
  }

  private void letGo() {
    lanes.clear();
    moves.close();
  }

  // --- the timetable

  private void take(ConsumerRecord<byte[], byte[]> record) {
    DelayLane lane = lanes.get(record.partition());
    if (lane == null || lane.isMoved(record.offset())) {
      return;
    }
    try {
      lane.add(DelayedRecord.of(record).within(System.currentTimeMillis()));
    } catch (InvalidMessageException e) {
      LOG.warn("A record in topic {} is none of this library's", record.topic(), e);
    }
  }

  /** Has the native consumer read on where there is room. */
  private void regulate(KafkaConsumer<byte[], byte[]> consumer) {
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

  private void move(KafkaConsumer<byte[], byte[]> consumer) {
    long now = System.currentTimeMillis();
    List<DelayedRecord> due = new ArrayList<>();
    lanes.values().forEach(lane -> lane.collect(now, BATCH, due));
    if (due.isEmpty()) {
      return;
    }
    due.sort(BY_DUE);
    if (moves.move(due, offsets(due), consumer.groupMetadata(), now)) {
      due.forEach(this::done);
      leaving = moves.lacksRights() && !isAlone();
    } else {
      hold = true;
    }
  }

  /** Whether there is nobody who might have the rights that this one lacks. */
  private boolean isAlone() {
    try {
      return calls
          .await(
              calls.admin().describeConsumerGroups(Set.of(GROUP)).all(),
              "for the members of group " + GROUP)
          .values()
          .stream()
          .allMatch(group -> group.members().size() < 2);
    } catch (MessagingException e) {
      LOG.debug("Who else moves delayed messages is not known", e);
      return true;
    }
  }

  private void done(DelayedRecord record) {
    DelayLane lane = lanes.get(record.source().partition());
    if (lane != null) {
      lane.remove(record);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(List<DelayedRecord> done) {
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

  // --- what is done with

  private void sweepNowAndThen() {
    if (System.nanoTime() - sweepAt >= 0) {
      sweep();
    }
  }

  /** Removes what has been moved; not all of it, should this one end before the answer is there. */
  private void sweep() {
    sweepAt = System.nanoTime() + SWEEP_NANOS;
    Map<TopicPartition, Long> done = new HashMap<>();
    lanes.forEach(
        (number, lane) -> {
          Long before = removed.get(bucket(number));
          if (before != null && before < lane.first()) {
            done.put(bucket(number), lane.first());
          }
        });
    if (!done.isEmpty()) {
      remove(done);
    }
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
    if (isWanted() && told.compareAndSet(false, true)) {
      LOG.warn("Moved messages stay in {}: they cannot be removed", partitions, failure);
    } else {
      LOG.debug("Moved messages stay in {}", partitions, failure);
    }
  }

  /** Ends, after the transaction that is under way; the next mover is told. */
  void close(long deadline) {
    closing = true;
    ended.countDown();
    KafkaConsumer<byte[], byte[]> consumer = open;
    if (consumer != null) {
      consumer.wakeup();
    }
    if (state.isLost()) {
      moves.close(); // so that nothing waits for an answer any more
    }
    Threads.join(thread, deadline);
  }
}
