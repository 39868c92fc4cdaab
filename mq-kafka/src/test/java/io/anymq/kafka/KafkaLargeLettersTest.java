package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.spi.Link;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dead letters that are larger than their topic allows: it does then, and they lose nothing. */
final class KafkaLargeLettersTest {

  private static final int BYTES = 3_000_000;

  private final BrokerHandle broker = BrokerProvisioner.shared("kafka");
  private final Queue queue = Queue.of("q." + UUID.randomUUID());
  private final Connection connection = ConnectionFactory.of(broker.url()).connect();

  @AfterEach
  void close() {
    connection.delete(queue.deadLetterQueue());
    connection.delete(queue);
    connection.close();
  }

  @Test
  void whatAnotherConnectionMaySendIsBuried() {
    ConnectionFactory large =
        ConnectionFactory.builder()
            .url(broker.url())
            .option("max-message-bytes", "5000000")
            .build();
    try (Connection sender = large.connect()) {
      sender.send(queue, Message.bytes(new byte[BYTES]));
      rejectOne(connection.createConsumer(queue));
      assertWhole(letter());
    }
  }

  /** The place of dead letters is there, and takes small ones only. */
  @Test
  void whatANativeProgramSendsIsBuriedThoughAnEarlierLetterMadeThePlace() throws Exception {
    connection.send(queue, Message.text("small"));
    Consumer consumer = connection.createConsumer(queue);
    rejectOne(consumer);
    assertThat(letter().message().text()).isEqualTo("small");
    allow(5_000_000);
    sendNatively();
    rejectOne(consumer);
    assertWhole(letter());
  }

  private static void assertWhole(Delivery letter) {
    assertThat(letter.message().body()).hasSize(BYTES);
    assertThat(DeadLetter.of(letter.message()).orElseThrow().error()).isEqualTo("too much");
  }

  private static void rejectOne(Consumer consumer) {
    receive(consumer, "the message").reject("too much");
  }

  private Delivery letter() {
    try (Consumer letters = connection.createConsumer(queue.deadLetterQueue())) {
      Delivery letter = receive(letters, "the dead letter; see LetterRoom");
      letter.accept();
      return letter;
    }
  }

  private static Delivery receive(Consumer consumer, String what) {
    Optional<Delivery> next = consumer.receive(Links.PATIENCE);
    assertThat(next).as(what).isPresent();
    return next.orElseThrow();
  }

  private void allow(int bytes) throws Exception {
    Link link = Links.open(broker);
    try {
      String topic = KafkaHarness.NAMES.topic(queue);
      Links.set(
          link, ConfigResource.Type.TOPIC, topic, "max.message.bytes", Integer.toString(bytes));
    } finally {
      link.close(Links.PATIENCE);
    }
  }

  private void sendNatively() throws Exception {
    Map<String, Object> config =
        Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            broker.url().substring("kafka://".length()),
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            2 * BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(KafkaHarness.NAMES.topic(queue), new byte[BYTES]))
          .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
