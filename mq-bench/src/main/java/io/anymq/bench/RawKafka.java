package io.anymq.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** kafka-clients: an idempotent producer, a share consumer that accepts what each poll brought. */
final class RawKafka implements Contender {

  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Half as much again as with the default of 16 KiB (decision record 0002, which found that to
   * linger makes no difference; ours does not either).
   */
  private static final int BATCH_BYTES = 64 * 1024;

  private final String servers;
  private final Admin admin;
  private String topic = "";
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  RawKafka(String url) {
    servers = url.replaceFirst("^kafka://", "").replaceFirst("[/?].*$", "");
    admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers));
  }

  /** The share group begins at the first record, and is set up before the first member joins. */
  @Override
  public void prepare(String name) throws Exception {
    topic = name;
    admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    producer = producer(name);
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, name);
    ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
    AlterConfigOp set = new AlterConfigOp(earliest, AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(group, List.of(set))).all().get();
    admin.alterShareGroupOffsets(name, Map.of(new TopicPartition(name, 0), 0L)).all().get();
  }

  /** One for each topic: it would go on asking for a topic that was deleted. */
  private KafkaProducer<byte[], byte[]> producer(String name) {
    KafkaProducer<byte[], byte[]> made =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG,
                0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    made.partitionsFor(name);
    return made;
  }

  @Override
  public void sendConfirmed(int messages) throws InterruptedException {
    KafkaProducer<byte[], byte[]> to = Objects.requireNonNull(producer, "prepare comes first");
    Confirmations confirmations = new Confirmations(messages, WINDOW);
    Callback outcome =
        (stored, failure) -> {
          if (failure == null) {
            confirmations.confirm(1);
          } else {
            confirmations.fail(failure);
          }
        };
    for (int number = 0; number < messages; number++) {
      confirmations.enter();
      var unused = to.send(new ProducerRecord<>(topic, Payload.of(number)), outcome);
    }
    confirmations.awaitAll();
  }

  @Override
  public void receiveAccepted(Tally tally) {
    try (KafkaShareConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.setAcknowledgementCommitCallback(
          (offsets, failure) -> {
            if (failure != null) {
              tally.fail(failure);
            }
          });
      consumer.subscribe(List.of(topic));
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!tally.isComplete() && System.nanoTime() < end) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
          tally.add(Payload.number(each.value()));
          consumer.acknowledge(each, AcknowledgeType.ACCEPT);
        }
      }
      commit(consumer);
    }
  }

  private KafkaShareConsumer<byte[], byte[]> consumer() {
    return new KafkaShareConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ConsumerConfig.GROUP_ID_CONFIG,
            topic,
            ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
            "explicit",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            PREFETCH),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** The call does not throw what went wrong; it returns it. */
  private static void commit(KafkaShareConsumer<byte[], byte[]> consumer) {
    consumer
        .commitSync(LIMIT)
        .forEach(
            (partition, failure) ->
                failure.ifPresent(
                    cause -> {
                      throw new BenchException("The last commit failed on " + partition, cause);
                    }));
  }

  @Override
  public long left() throws Exception {
    return admin
        .listShareGroupOffsets(Map.of(topic, new ListShareGroupOffsetsSpec()))
        .partitionsToOffsetInfo(topic)
        .get()
        .values()
        .stream()
        .mapToLong(offsets -> offsets.lag().orElseThrow())
        .sum();
  }

  @Override
  public void clear() throws ExecutionException, InterruptedException {
    closeProducer();
    admin.deleteShareGroups(List.of(topic)).all().get();
    admin.deleteTopics(List.of(topic)).all().get();
  }

  @Override
  public void close() {
    closeProducer();
    admin.close();
  }

  private void closeProducer() {
    KafkaProducer<byte[], byte[]> last = producer;
    if (last != null) {
      last.close();
      producer = null;
    }
  }
}
