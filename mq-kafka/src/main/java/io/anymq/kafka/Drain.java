package io.anymq.kafka;

import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Empties a queue whose group has members: joins the group, and accepts all that it is given. To
 * delete the records instead would leave the group counting them for ever.
 */
final class Drain {

  private static final int BATCH = 2_000;

  /** Longer than one fetch takes, so that an empty answer means that nothing is to be had. */
  private static final Duration POLL = KafkaConfig.FETCH_WAIT.multipliedBy(4);

  private final KafkaConfig config;
  private final String topic;
  private final String group;
  private final ShareGroups groups;

  Drain(KafkaConfig config, String topic, String group, ShareGroups groups) {
    this.config = config;
    this.topic = topic;
    this.group = group;
    this.groups = groups;
  }

  /**
   * Accepts what is there now.
   *
   * @param ends where partitions ended when it was asked for; what came later stays
   */
  void run(Map<TopicPartition, Long> ends) {
    String clientId = config.clientId("purge");
    ClientIds.hold(clientId);
    try (KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            config.shareConsumer(clientId, group, BATCH),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(Set.of(topic));
      drain(consumer, clientId, ends);
    } catch (KafkaException e) {
      throw KafkaErrors.translate(
          e, "to purge topic " + topic, "READ on topic " + topic + " and group " + group);
    } finally {
      ClientIds.free(clientId);
    }
  }

  private void drain(
      KafkaShareConsumer<byte[], byte[]> consumer,
      String clientId,
      Map<TopicPartition, Long> ends) {
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    boolean joined = false;
    while (System.nanoTime() - deadline < 0) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      if (records.isEmpty() && joined) {
        return;
      }
      boolean newer = accept(consumer, records, ends);
      consumer.commitSync(config.requestTimeout());
      if (newer) {
        return;
      }
      joined = joined || !records.isEmpty() || groups.isAssigned(group, clientId);
    }
    throw new MessagingTimeoutException("Topic " + topic + " could not be emptied in time");
  }

  /** Accepts what is old enough; tells whether there was something newer. */
  private static boolean accept(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records,
      Map<TopicPartition, Long> ends) {
    boolean newer = false;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      boolean old = record.offset() < ends.getOrDefault(partition, 0L);
      consumer.acknowledge(record, old ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
      newer |= !old;
    }
    return newer && ends.size() == 1;
  }
}
