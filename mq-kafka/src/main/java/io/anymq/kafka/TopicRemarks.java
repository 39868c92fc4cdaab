package io.anymq.kafka;

import io.anymq.MessagingException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is noted of topics, in their settings. Safe for use by several threads. */
final class TopicRemarks {

  private static final Logger LOG = LoggerFactory.getLogger(TopicRemarks.class);
  private static final String REMARK = TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG;
  private static final String TRANSACTIONAL = "1";
  private static final String NOTES = KafkaNames.GROUP_PREFIX + "transactional";

  private final KafkaCalls calls;
  private final KafkaTopology topology;

  /** Those that could not be marked; this link at least knows. */
  private final Set<String> unmarked = ConcurrentHashMap.newKeySet();

  /** What is known of other programs' transactions, by topic. */
  private final Map<String, Transactions> foreign = new ConcurrentHashMap<>();

  TopicRemarks(KafkaCalls calls, KafkaTopology topology) {
    this.calls = calls;
    this.topology = topology;
  }

  /** Whether a topic holds, or has held, records that were written in transactions. */
  enum Transactions {
    /** None, as far as this library knows. */
    NONE,
    /** It may have. */
    SOME,
    /** There is no mark, and whether there is a note this user may not read. */
    UNKNOWN
  }

  Transactions transactions(String topic) {
    return transactions(topic, topology.settings(topic));
  }

  /** As that, of a topic with these settings. */
  Transactions transactions(String topic, Map<String, String> settings) {
    return unmarked.contains(topic) || TRANSACTIONAL.equals(settings.get(REMARK))
        ? Transactions.SOME
        : noted(topic);
  }

  /**
   * Whether other programs write there in transactions, as far as the broker knows: it forgets a
   * producer a day after its last record ({@code producer.id.expiration.ms}), and this link does
   * not. Unknown where this user may not see producers, which is asked once, for the native client
   * logs an ERROR each time.
   */
  Transactions foreign(String topic, Collection<TopicPartition> partitions) {
    Transactions known = foreign.getOrDefault(topic, Transactions.NONE);
    if (known == Transactions.NONE) {
      known = askForProducers(topic, partitions);
      if (known != Transactions.NONE) {
        foreign.put(topic, known);
      }
    }
    return known;
  }

  private Transactions askForProducers(String topic, Collection<TopicPartition> partitions) {
    try {
      boolean some =
          calls
              .await(
                  calls.admin().describeProducers(partitions).all(),
                  "for the producers of topic " + topic,
                  "READ on topic " + topic)
              .values()
              .stream()
              .flatMap(each -> each.activeProducers().stream())
              .anyMatch(TopicRemarks::isTransactional);
      return some ? Transactions.SOME : Transactions.NONE;
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      LOG.debug("Whether others write to topic {} in transactions is not known", topic, e);
      return Transactions.UNKNOWN;
    }
  }

  /** A coordinator ends transactions, and no others come to it. */
  private static boolean isTransactional(ProducerState producer) {
    return producer.coordinatorEpoch().isPresent()
        || producer.currentTransactionStartOffset().isPresent();
  }

  /**
   * Notes that a topic holds records that were written in transactions, whose markers are no
   * messages. A topic has no setting for remarks; this one means nothing where nothing is
   * compacted. A broker that refuses it, for this user or for all, as a managed one may, does not
   * hold messages up.
   */
  void markTransactional(String topic) {
    try {
      if (transactions(topic) != Transactions.SOME) {
        topology.alter(topic, REMARK, TRANSACTIONAL);
      }
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      unmarked.add(topic);
      LOG.debug("Topic {} cannot be marked in its settings", topic, e);
      note(topic);
    }
  }

  /**
   * Where settings may not be altered: the metadata of an offset that a group without members has
   * committed. Kafka forgets it after 7 days; each new mover writes it again.
   */
  private void note(String topic) {
    OffsetAndMetadata note = new OffsetAndMetadata(0, TRANSACTIONAL);
    try {
      calls.await(
          calls.admin().alterConsumerGroupOffsets(NOTES, Map.of(place(topic), note)).all(),
          "to note that topic " + topic + " holds transactions",
          "READ on group %s and on topic %s".formatted(NOTES, topic));
    } catch (MessagingException e) {
      LOG.warn(
          "Topic {} cannot be marked; the depth on other connections will include transaction"
              + " markers: {}",
          topic,
          e.getMessage());
    }
  }

  private Transactions noted(String topic) {
    ListConsumerGroupOffsetsSpec asked =
        new ListConsumerGroupOffsetsSpec().topicPartitions(Set.of(place(topic)));
    try {
      OffsetAndMetadata note =
          calls
              .await(
                  calls
                      .admin()
                      .listConsumerGroupOffsets(Map.of(NOTES, asked))
                      .partitionsToOffsetAndMetadata(),
                  "whether topic " + topic + " holds transactions",
                  "DESCRIBE on group " + NOTES)
              .get(place(topic));
      return note != null && note.metadata().equals(TRANSACTIONAL)
          ? Transactions.SOME
          : Transactions.NONE;
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      LOG.debug("Whether topic {} holds transactions is not known", topic, e);
      return Transactions.UNKNOWN;
    }
  }

  private static TopicPartition place(String topic) {
    return new TopicPartition(topic, 0);
  }
}
