package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of a {@link Mover}: what is due goes where it is for, and that it is done with
 * is noted, or neither. For the mover's thread; {@link #close} by any.
 */
final class Moves {

  private static final Logger LOG = LoggerFactory.getLogger(Moves.class);

  private static final int MOST_MARKED = 10_000;

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final TopicRemarks remarks;
  private final String clientId;
  private final BooleanSupplier isWanted;

  /** By name, which topics are known to be marked; temporary ones come and go. */
  private final Map<String, Uuid> marked = new HashMap<>();

  /** By topic: thousands may have waited for one. */
  private final Map<String, RareWarning> gone = new ConcurrentHashMap<>();

  private boolean mayNot;
  private volatile @Nullable KafkaProducer<byte[], byte[]> sending;

  /**
   * None yet.
   *
   * @param isWanted whether there is anything to move for: not, when the link is lost or closes
   */
  Moves(KafkaConfig config, KafkaTopology topology, String clientId, BooleanSupplier isWanted) {
    this.config = config;
    this.topology = topology;
    remarks = topology.remarks();
    this.clientId = clientId;
    this.isWanted = isWanted;
  }

  /** Puts an end to what a mover before has begun. */
  void begin() {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            config.moverProducer(clientId, Mover.GROUP),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    sending = producer;
    if (!isWanted.getAsBoolean()) {
      close(); // Whoever has closed before has not seen this one; it refuses what follows.
    }
    producer.initTransactions();
  }

  /** Ends at once: nothing is under way but what has failed, or nobody answers. */
  void close() {
    KafkaProducer<byte[], byte[]> producer = sending;
    sending = null;
    endWarnings();
    if (producer != null) {
      producer.close(Duration.ZERO);
    }
  }

  private void endWarnings() {
    gone.forEach((topic, warning) -> warning.end(dropped(topic)));
    gone.clear();
  }

  /**
   * What became of records.
   *
   * @param done whether it is done with them
   * @param suspects if not, those that are to be moved apart, for some of them may be refused;
   *     none, when the group changes, and all are to be tried again
   */
  record Outcome(boolean done, Set<DelayedRecord> suspects) {}

  /**
   * Moves, in one transaction.
   *
   * @param due what is to be looked at, in the order in which it is due
   * @param offsets what is committed with it
   * @param group as whom
   * @param now the moment
   * @throws RuntimeException when it failed as a whole, or nobody wants it any more
   */
  Outcome move(
      List<DelayedRecord> due,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group,
      long now) {
    Set<DelayedRecord> putOff = new HashSet<>();
    KafkaException refusal = null;
    while (true) {
      Map<DelayedRecord, Future<RecordMetadata>> sent = new HashMap<>();
      try {
        boolean done = transact(filed(due, putOff, now), sent, offsets, group, due, now);
        if (done && refusal != null) {
          // Not before: where nothing at all can be sent, none of them is to blame.
          tellRefusal(putOff, refusal);
        }
        return new Outcome(done, Set.of());
      } catch (KafkaException e) {
        // The producer goes on with numbers that the broker does not expect: a new one.
        close();
        boolean isClear = putOff.addAll(Refusals.certain(sent, due));
        Set<DelayedRecord> suspects = Refusals.suspects(sent, due);
        suspects.removeAll(putOff); // if it cannot even be put off, the whole has failed
        if (!isWanted.getAsBoolean() || (!isClear && suspects.isEmpty())) {
          throw e;
        }
        mayNot |= Refusals.isForRights(sent);
        begin();
        if (!isClear) {
          return new Outcome(false, suspects);
        }
        refusal = e;
      }
    }
  }

  private static void tellRefusal(Set<DelayedRecord> putOff, KafkaException refusal) {
    Set<String> topics =
        putOff.stream().map(DelayedRecord::topic).collect(Collectors.toCollection(TreeSet::new));
    LOG.warn(
        "{} delayed messages cannot be delivered now, to {}; they are tried again in {}",
        putOff.size(),
        topics,
        DelayedRecord.AGAIN.toSeconds() + " s",
        refusal);
  }

  /** Whether, since it was asked, this user turned out not to have the right to a destination. */
  boolean lacksRights() {
    boolean lacks = mayNot;
    mayNot = false;
    return lacks;
  }

  private boolean transact(
      Map<DelayedRecord, ProducerRecord<byte[], byte[]>> records,
      Map<DelayedRecord, Future<RecordMetadata>> sent,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group,
      List<DelayedRecord> due,
      long now) {
    KafkaProducer<byte[], byte[]> producer = sending;
    if (producer == null) {
      return false;
    }
    producer.beginTransaction();
    try {
      records.forEach((each, record) -> sent.put(each, producer.send(record)));
      producer.flush();
      producer.sendOffsetsToTransaction(offsets, group);
      producer.commitTransaction();
      tellLateness(due, now);
      return true;
    } catch (CommitFailedException e) {
      LOG.debug("Somebody joins or leaves the movers; it is tried again", e);
      producer.abortTransaction();
      return false;
    }
  }

  /** What becomes of the records, in their order; those whose destination is gone are left out. */
  private Map<DelayedRecord, ProducerRecord<byte[], byte[]>> filed(
      List<DelayedRecord> due, Set<DelayedRecord> putOff, long now) {
    Set<String> topics = existing(due, now);
    Map<DelayedRecord, ProducerRecord<byte[], byte[]>> filed = new LinkedHashMap<>();
    for (DelayedRecord each : due) {
      ProducerRecord<byte[], byte[]> next = next(each, putOff.contains(each), topics, now);
      if (next != null) {
        filed.put(each, next);
      }
    }
    return filed;
  }

  private static void tellLateness(List<DelayedRecord> moved, long began) {
    long first = moved.get(0).due();
    if (first <= began && LOG.isDebugEnabled()) {
      long late = System.currentTimeMillis() - first;
      LOG.debug("Moved {} delayed messages, the latest {} ms late", moved.size(), late);
    }
  }

  /** What becomes of a record; null: nothing, because its destination is gone. */
  private @Nullable ProducerRecord<byte[], byte[]> next(
      DelayedRecord record, boolean putOff, Set<String> topics, long now) {
    if (putOff) {
      return record.putOff(now);
    }
    if (record.due() > now) {
      return record.filedAgain(now);
    }
    if (topics.contains(record.topic())) {
      return record.arrived();
    }
    if (!record.missed()) {
      return record.lookedForAgain(now);
    }
    gone.computeIfAbsent(record.topic(), topic -> new RareWarning(Moves.class))
        .warn(dropped(record.topic()));
    return null;
  }

  private static String dropped(String topic) {
    return "A delayed message is dropped: topic " + topic + " does not exist";
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
    if (marked.size() > MOST_MARKED) {
      marked.clear();
    }
    if (gone.size() > MOST_MARKED) {
      endWarnings();
    }
    try {
      Collection<TopicDescription> found = topology.findAll(asked);
      found.forEach(this::mark);
      return found.stream().map(TopicDescription::name).collect(Collectors.toSet());
    } catch (MessagingException e) {
      if (!isAboutOne(e)) {
        throw e;
      }
      // Whose topic is hidden from this user is told by its send, which another may do later.
      return asked.stream().filter(this::isThereOrHidden).collect(Collectors.toSet());
    }
  }

  /** Before the first transaction, so that no depth counts a marker. */
  private void mark(TopicDescription topic) {
    if (!topic.topicId().equals(marked.get(topic.name()))) {
      remarks.markTransactional(topic.name());
      marked.put(topic.name(), topic.topicId());
    }
  }

  private boolean isThereOrHidden(String topic) {
    try {
      Optional<TopicDescription> found = topology.find(topic);
      found.ifPresent(this::mark);
      return found.isPresent();
    } catch (MessagingException e) {
      if (!isAboutOne(e)) {
        throw e;
      }
      return true;
    }
  }

  private static boolean isAboutOne(MessagingException failure) {
    return failure.code() == ErrorCode.ACCESS_REFUSED
        || failure.code() == ErrorCode.INVALID_DESTINATION;
  }
}
