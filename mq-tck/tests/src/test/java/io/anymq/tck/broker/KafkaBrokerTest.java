package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class KafkaBrokerTest {

  private static final BrokerSettings LOCAL =
      BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process");

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static Remains before;

  @SuppressWarnings("NullAway.Init")
  private static BrokerHandle broker;

  @BeforeAll
  static void start() {
    before = new Remains();
    broker = BrokerProvisioner.with(LOCAL).start("kafka");
  }

  @AfterAll
  static void everythingGoes() throws IOException {
    broker.close();
    assertThat(Remains.isFree(broker.url())).isTrue();
    before.assertNothingNew();
  }

  @Test
  void itsJarsAreNotOnOurClassPath() {
    assertThat(broker.version()).matches("\\d+\\.\\d+\\.\\d+");
    assertThatThrownBy(() -> Class.forName("kafka.Kafka"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThat(JvmBroker.ownClassPath())
        .map(Path::toString)
        .noneMatch(entry -> entry.contains("kafka_2.13"));
  }

  @Test
  void shareGroupsAreOn() throws Exception {
    try (Admin admin = Admin.create(settings(broker.url()))) {
      assertThat(
              admin
                  .describeFeatures()
                  .featureMetadata()
                  .get(30, TimeUnit.SECONDS)
                  .finalizedFeatures())
          .containsKey("share.version");
    }
  }

  @Test
  void aRecordSentThroughTheProxySurvivesKillAndRestart() throws Exception {
    createTopic("kept");
    String url = broker.proxiedUrl();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings(url), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("kept", "still here")).get(30, TimeUnit.SECONDS);
    }
    broker.kill();
    broker.restart();
    assertThat(broker.proxiedUrl()).isEqualTo(url);
    assertThat(read(url, "kept")).isEqualTo("still here");
  }

  /** The broker sends clients of the proxied URL on to the proxy and not past it. */
  @Test
  void cuttingTheNetworkHoldsUpWhatGoesThroughTheProxy() throws Exception {
    createTopic("cut");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            settings(broker.proxiedUrl()), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("cut", "before")).get(30, TimeUnit.SECONDS);
      broker.cutNetwork();
      var held = producer.send(new ProducerRecord<>("cut", "during"));
      producer.flush();
      assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS)).hasMessageContaining("cut");
      broker.restoreNetwork();
      producer.send(new ProducerRecord<>("cut", "after")).get(30, TimeUnit.SECONDS);
    } finally {
      broker.restoreNetwork();
    }
  }

  @Test
  void accountsAreRefused() {
    BrokerOptions options = BrokerOptions.none().withCredentials("ann", "secret");
    assertThatThrownBy(() -> BrokerProvisioner.with(LOCAL).start("kafka", options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  private static void createTopic(String name) throws Exception {
    try (Admin admin = Admin.create(settings(broker.url()))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static String read(String url, String topic) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings(url), new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(30))) {
        return record.value();
      }
      return "nothing";
    }
  }

  private static Map<String, Object> settings(String url) {
    return Map.of(
        "bootstrap.servers", url.replace("kafka://", ""),
        "request.timeout.ms", 3_000,
        "delivery.timeout.ms", 5_000,
        "linger.ms", 0);
  }
}
