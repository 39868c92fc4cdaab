package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one delayed message does to the others when something is wrong with it. */
final class KafkaDelayFaultsTest extends LinkTest {

  private static final long HOUR = 3_600_000;

  /** There is a mover, then. */
  @BeforeEach
  void moveOne() throws Exception {
    send(queue, "first", 1);
    take("first");
  }

  private void send(Queue to, String text, long delay) throws Exception {
    Sent sent =
        new Sent(
            Message.text(text).toBuilder()
                .id(text)
                .deliveryDelay(Duration.ofMillis(delay))
                .build());
    link.openProducer(to, cause -> {}).send(sent);
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The patience is far less than the minute after which what is refused is tried again. */
  private void take(String text) throws Exception {
    take(queue, text);
  }

  private void take(Queue from, String text) throws Exception {
    try (Taking consumer = new Taking(link, from, 10)) {
      var delivery = consumer.take();
      assertThat(delivery.message().text()).isEqualTo(text);
      consumer.accept(delivery);
    }
  }

  /** Writes into the topic of what waits, as another program may. */
  private void write(int partition, byte @Nullable [] header) throws Exception {
    writeTogether(partition, Collections.singletonList(header));
  }

  /** In one batch, so that whoever reads one of them has all. */
  private void writeTogether(int partition, List<byte @Nullable []> headers) throws Exception {
    Map<String, Object> config =
        Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            broker.url().substring("kafka://".length()),
            ProducerConfig.LINGER_MS_CONFIG,
            1_000);
    List<Future<RecordMetadata>> written = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (byte[] header : headers) {
        ProducerRecord<byte[], byte[]> entry =
            new ProducerRecord<>(KafkaNames.DELAYS, partition, null, new byte[200]);
        entry.headers().add(new RecordHeader(KafkaHeaders.PREFIX + "delayed", header));
        written.add(producer.send(entry));
      }
      producer.flush();
    }
    for (Future<RecordMetadata> each : written) {
      assertThat(each.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static byte[] header(long due, long look, String topic) {
    return (due + " " + look + " " + topic).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aHeaderWithoutAValueIsPassedOver() throws Exception {
    write(0, null);
    send(queue, "next", 100);
    take("next");
  }

  @Test
  void aTopicThatCannotBeHoldsNobodyUp() throws Exception {
    long now = System.currentTimeMillis();
    write(0, header(now, now, "no/topic"));
    send(queue, "next", 100);
    take("next");
  }

  /** A topic that is compacted takes nothing without a key. */
  @Test
  void aTopicThatRefusesTheMessageHoldsNobodyUp() throws Exception {
    Queue compacted = Links.newQueue(link);
    String topic = KafkaHarness.NAMES.topic(compacted);
    send(compacted, "refused", 3_000);
    // A queue that is compacted already is refused.
    Links.set(link, ConfigResource.Type.TOPIC, topic, "cleanup.policy", "compact");
    send(queue, "next", 3_100);
    take("next");
    link.delete(compacted);
  }

  /** What fails only because another one of its transaction does, is tried without that at once. */
  @Test
  void whatIsMovedWithARefusedOneIsNotPutOff() throws Exception {
    Queue compacted = Links.newQueue(link);
    String refusing = KafkaHarness.NAMES.topic(compacted);
    Links.set(link, ConfigResource.Type.TOPIC, refusing, "max.message.bytes", "150");
    String taking = KafkaHarness.NAMES.topic(queue);
    long now = System.currentTimeMillis();
    for (int round = 0; round < 20; round++) {
      writeTogether(
          0,
          List.of(header(now, now, taking), header(now, now, refusing), header(now, now, taking)));
    }
    try (Taking consumer = new Taking(link, queue, 10)) {
      for (int i = 0; i < 40; i++) {
        consumer.accept(consumer.take());
      }
    }
    link.delete(compacted);
  }

  /** In a partition that is read in its order, and by the mover's clock is for four seconds. */
  @Test
  void aClockThatIsFastHoldsNobodyUp() throws Exception {
    long fast = System.currentTimeMillis() + HOUR;
    write(1, header(fast + 5_000, fast + 3_000, KafkaHarness.NAMES.topic(queue)));
    send(queue, "next", 4_500);
    take("next");
  }

  /** As with a broker that does not know of the topic for a moment. */
  @Test
  void aTopicThatIsMissedOnceIsLookedForAgain() throws Exception {
    Queue missed = Links.newQueue(link);
    try (Taking consumer = new Taking(link, queue, 1)) {
      send(missed, "kept", 3_000);
      link.delete(missed);
      send(queue, "looked for", 3_500);
      InboundDelivery due = consumer.take();
      // Before the second look, which comes 5 s after the first.
      link.declare(missed, QueueOptions.DEFAULT);
      consumer.accept(due);
    }
    take(missed, "kept");
  }
}
