package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueDepth;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Depths where an offset is not always a message that waits: they are right, and say so. */
final class KafkaDepthTest extends LinkTest {

  private void assertExactly(int count) {
    QueueDepth depth = ((DepthQuery) link).depth(queue);
    assertThat(depth.atRest()).as("see QueueContents.depth").isEqualTo(count);
    assertThat(depth.exact()).isTrue();
  }

  /** Nobody has marked the topic: what ends the transactions, and what was aborted, is there. */
  @Test
  void transactionsOfOtherProgramsAreNotCountedIn() {
    String topic = KafkaHarness.NAMES.topic(queue);
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            broker.url().substring("kafka://".length()),
            "transactional.id",
            "t-" + UUID.randomUUID());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (boolean commit : List.of(true, false)) {
        producer.beginTransaction();
        for (int i = 0; i < 2; i++) {
          var unused = producer.send(new ProducerRecord<>(topic, new byte[1]));
        }
        producer.flush();
        if (commit) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    assertExactly(2);
  }

  /** The group goes on counting what was deleted, and what it is done with is behind that. */
  @Test
  void recordsThatWereDeletedAreNotCountedIn() throws Exception {
    Links.send(link, queue, 6);
    List<InboundDelivery> taken = new ArrayList<>();
    try (Taking consumer = new Taking(link, queue, 6)) {
      for (int i = 0; i < 6; i++) {
        taken.add(consumer.take());
      }
      consumer.accept(taken.get(4));
    }
    assertExactly(5);
    TopicPartition partition = new TopicPartition(KafkaHarness.NAMES.topic(queue), 0);
    link.unwrap(Admin.class)
        .orElseThrow()
        .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3)))
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertExactly(2);
  }
}
