package io.anymq.kafka;

import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A program that uses kafka-clients alone. */
final class KafkaNativeClient implements NativeClient {

  private static final String CORRELATION_ID = "x-anymq-correlation-id";
  private static final long LIMIT_SECONDS = 15;

  private final String servers;
  private final KafkaProducer<byte[], byte[]> producer;

  KafkaNativeClient(String servers) {
    this.servers = servers;
    producer =
        new KafkaProducer<>(
            Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @Override
  public void write(Queue queue, NativeMessage message) throws Exception {
    ProducerRecord<byte[], byte[]> entry =
        new ProducerRecord<>(KafkaHarness.NAMES.topic(queue), message.body());
    message.headers().forEach((name, value) -> entry.headers().add(name, utf8(value)));
    message.correlationId().ifPresent(id -> entry.headers().add(CORRELATION_ID, utf8(id)));
    producer.send(entry).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public NativeMessage writeUndecodable(Queue queue) throws Exception {
    NativeMessage written =
        new NativeMessage(
            utf8("what is this"),
            Optional.empty(),
            Map.of("x-anymq-types", "count=complex", "count", "1+i"));
    write(queue, written);
    return written;
  }

  @Override
  public Optional<NativeMessage> read(Queue queue, Duration timeout) {
    Map<String, Object> config = new HashMap<>();
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, KafkaHarness.NAMES.group(queue));
    config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    try (KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(Set.of(KafkaHarness.NAMES.topic(queue)));
      ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        consumer.acknowledge(record, AcknowledgeType.ACCEPT);
        return Optional.of(message(record));
      }
      return Optional.empty();
    }
  }

  private static NativeMessage message(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return new NativeMessage(
        record.value(), Optional.ofNullable(headers.get(CORRELATION_ID)), headers);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(LIMIT_SECONDS));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
