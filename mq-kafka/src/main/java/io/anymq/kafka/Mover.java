package io.anymq.kafka;

import io.anymq.ErrorCode;
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
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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
  private final KafkaTopology topology;
  private final Duration session;
  private final LinkState state;
  private final String clientId;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> open;
  private volatile @Nullable KafkaProducer<byte[], byte[]> sending;

  // The thread's own:
  private final Map<Integer, DelayLane> lanes = new HashMap<>();
  private final Set<String> marked = new TreeSet<>();
  private final Map<TopicPartition, Long> removed = new HashMap<>();
  private long sweepAt;
  private boolean hold;

  Mover(KafkaConfig config, KafkaTopology topology, Duration session, LinkState state) {
    this.config = config;
    this.topology = topology;
    this.session = session;
    this.state = state;
    clientId = config.clientId("mover");
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
      } catch (WakeupException e) {
        LOG.debug("Mover {} closes", clientId, e);
      } catch (KafkaException | MessagingException | IllegalStateException e) {
        failed(e);
      }
    }
  }

  private void workWithNew() {
    KafkaConsumer<byte[], byte[]> consumer = newConsumer();
    open = consumer;
    try {
      work(consumer);
    } finally {
      open = null;
      sweep();
      letGo();
      consumer.close(
          CloseOptions.timeout(state.isLost() ? Duration.ZERO : config.requestTimeout()));
    }
  }

  private boolean isWanted() {
    return !closing && state.isOpen();
  }

  /** Another one may have the turn by now; whatever it is, begin anew. */
  private void failed(RuntimeException failure) {
    if (isWanted()) {
      LOG.warn("Moving delayed messages failed; it is tried again", failure);
      try {
        boolean unused = ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        closing = true;
        Thread.currentThread().interrupt();
      }
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
    while (isWanted()) {
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
    newProducer();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
    for (TopicPartition each : partitions) {
      DelayLane lane = new DelayLane(each.partition() == 0);
      OffsetAndMetadata place = committed.get(each);
      lane.begin(place == null ? new OffsetAndMetadata(oldest.getOrDefault(each, 0L)) : place);
      lanes.put(each.partition(), lane);
      consumer.seek(each, lane.first());
    }
    LOG.debug("Mover {} has the turn", clientId);
  }

  /** Puts an end to what a producer before it has begun. */
  private void newProducer() {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            config.moverProducer(clientId, GROUP),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    sending = producer;
    producer.initTransactions();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      letGo();
    }
  }

  private void letGo() {
    lanes.clear();
    closeProducer();
  }

  private void closeProducer() {
    KafkaProducer<byte[], byte[]> producer = sending;
    sending = null;
    if (producer != null) {
      // Nothing is under way but what has failed: there is nothing to wait for.
      producer.close(Duration.ZERO);
    }
  }

  // --- the timetable

  private void take(ConsumerRecord<byte[], byte[]> record) {
    DelayLane lane = lanes.get(record.partition());
    if (lane == null || lane.isMoved(record.offset())) {
      return;
    }
    try {
      lane.add(DelayedRecord.of(record));
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
    Set<DelayedRecord> refused = tryMove(consumer, due, Set.of(), now);
    if (!refused.isEmpty()) {
      refused = tryMove(consumer, due, refused, now);
    }
    if (!refused.isEmpty()) {
      throw new KafkaException("Records are refused again and again: " + refused);
    }
  }

  // --- the transaction

  /**
   * Moves in one transaction.
   *
   * @param putOff those to try again later
   * @return those that cannot be moved now; nothing has happened if there are any
   */
  private Set<DelayedRecord> tryMove(
      KafkaConsumer<byte[], byte[]> consumer,
      List<DelayedRecord> due,
      Set<DelayedRecord> putOff,
      long now) {
    KafkaProducer<byte[], byte[]> producer = sending;
    if (producer == null) {
      return Set.of();
    }
    Set<String> topics = existing(due, now);
    producer.beginTransaction();
    Map<DelayedRecord, Future<RecordMetadata>> sent = new HashMap<>();
    try {
      for (DelayedRecord each : due) {
        ProducerRecord<byte[], byte[]> next = next(each, putOff.contains(each), topics, now);
        if (next != null) {
          sent.put(each, producer.send(next));
        }
      }
      producer.flush();
      producer.sendOffsetsToTransaction(offsets(due), consumer.groupMetadata());
      producer.commitTransaction();
      due.forEach(this::done);
      tellLateness(due, now);
      return Set.of();
    } catch (CommitFailedException e) {
      LOG.debug("Somebody joins or leaves the movers; it is tried again", e);
      producer.abortTransaction();
      hold = true;
      return Set.of();
    } catch (KafkaException e) {
      Set<DelayedRecord> refused = refused(sent);
      if (refused.isEmpty()) {
        throw e;
      }
      // Its own producer goes on with numbers that the broker does not expect.
      closeProducer();
      newProducer();
      LOG.warn("{} delayed messages cannot be delivered now", refused.size(), e);
      return refused;
    }
  }

  private void done(DelayedRecord record) {
    DelayLane lane = lanes.get(record.source().partition());
    if (lane != null) {
      lane.remove(record);
    }
  }

  private static void tellLateness(List<DelayedRecord> moved, long began) {
    long first = moved.get(0).due();
    if (first <= began && LOG.isDebugEnabled()) {
      long late = System.currentTimeMillis() - first;
      LOG.debug("Moved {} delayed messages, the latest {} ms late", moved.size(), late);
    }
  }

  /** What becomes of a record; null: nothing, because its destination is gone. */
  private static @Nullable ProducerRecord<byte[], byte[]> next(
      DelayedRecord record, boolean putOff, Set<String> topics, long now) {
    if (putOff) {
      return record.putOff(now);
    }
    if (record.due() > now) {
      return record.filedAgain(now);
    }
    return topics.contains(record.topic()) ? record.arrived() : null;
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

  /** Those of the destinations that are there; the native producer would wait for the others. */
  private Set<String> existing(List<DelayedRecord> due, long now) {
    Set<String> asked =
        due.stream()
            .filter(record -> record.due() <= now)
            .map(DelayedRecord::topic)
            .collect(Collectors.toSet());
    if (asked.isEmpty()) {
      return Set.of();
    }
    Set<String> found = found(asked);
    marked.retainAll(found);
    found.stream().filter(marked::add).forEach(topology::markTransactional);
    return found;
  }

  private Set<String> found(Set<String> asked) {
    try {
      return topology.findAll(asked).stream()
          .map(TopicDescription::name)
          .collect(Collectors.toSet());
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      // Whose topic is hidden from this user is told by its send, which another may do later.
      return asked.stream().filter(this::isThereOrHidden).collect(Collectors.toSet());
    }
  }

  private boolean isThereOrHidden(String topic) {
    try {
      return topology.find(topic).isPresent();
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      return true;
    }
  }

  /** Those that a broker refused for what they are. */
  private static Set<DelayedRecord> refused(Map<DelayedRecord, Future<RecordMetadata>> sent) {
    return sent.entrySet().stream()
        .filter(each -> isRefusal(each.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static boolean isRefusal(Future<RecordMetadata> outcome) {
    if (!outcome.isDone()) {
      return false;
    }
    try {
      RecordMetadata unused = outcome.get();
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof RecordTooLargeException
          || e.getCause() instanceof InvalidTimestampException
          || e.getCause() instanceof TopicAuthorizationException;
    }
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
          Long before = removed.put(bucket(number), lane.first());
          if (before != null && before < lane.first()) {
            done.put(bucket(number), lane.first());
          }
        });
    topology.removeBefore(done);
  }

  /** Ends, after the transaction that is under way; the next mover is told. */
  void close(long deadline) {
    closing = true;
    ended.countDown();
    KafkaConsumer<byte[], byte[]> consumer = open;
    if (consumer != null) {
      consumer.wakeup();
    }
    KafkaProducer<byte[], byte[]> producer = sending;
    if (state.isLost() && producer != null) {
      producer.close(Duration.ZERO); // so that nothing waits for an answer any more
    }
    Threads.join(thread, deadline);
  }
}
