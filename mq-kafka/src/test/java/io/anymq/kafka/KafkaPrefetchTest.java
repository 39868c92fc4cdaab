package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a consumer keeps from others. */
final class KafkaPrefetchTest extends LinkTest {

  private static final int SENT = 600;
  private static final int PREFETCH = 500;

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  /** A broker that lends whole batches lends the first one all 600. */
  @Test
  void whatIsBeyondAPrefetchComesToOthersThoughItIsInTheSameBatch() throws Exception {
    sendInOneBatch();
    Link other = Links.open(broker);
    try (Taking first = new Taking(link, queue, PREFETCH)) {
      take(first, PREFETCH);
      try (Taking second = new Taking(other, queue, PREFETCH)) {
        List<InboundDelivery> rest = take(second, SENT - PREFETCH);
        assertThat(rest.get(0).message().text()).isEqualTo(String.valueOf(PREFETCH));
      }
    } finally {
      other.close(Links.PATIENCE);
    }
  }

  private static List<InboundDelivery> take(Taking consumer, int count) throws Exception {
    List<InboundDelivery> taken = new ArrayList<>();
    while (taken.size() < count) {
      InboundDelivery next = consumer.takeWithin(Links.PATIENCE);
      assertThat(next)
          .as("number %d of %d; see KafkaConfig.shareConsumer", taken.size() + 1, count)
          .isNotNull();
      taken.add(next);
    }
    return taken;
  }

  private void sendInOneBatch() throws Exception {
    Map<String, Object> config =
        Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            broker.url().substring("kafka://".length()),
            ProducerConfig.LINGER_MS_CONFIG,
            60_000,
            ProducerConfig.BATCH_SIZE_CONFIG,
            500_000);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      String topic = KafkaHarness.NAMES.topic(queue);
      producer.partitionsFor(topic);
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < SENT; i++) {
        byte[] body = String.valueOf(i).getBytes(StandardCharsets.UTF_8);
        sent.add(producer.send(new ProducerRecord<>(topic, body)));
      }
      producer.flush();
      for (Future<RecordMetadata> each : sent) {
        each.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      assertThat(producer.metrics().entrySet())
          .filteredOn(each -> each.getKey().name().equals("records-per-request-avg"))
          .filteredOn(each -> each.getKey().group().equals("producer-metrics"))
          .singleElement()
          .satisfies(each -> assertThat(each.getValue().metricValue()).isEqualTo((double) SENT));
    }
  }
}
