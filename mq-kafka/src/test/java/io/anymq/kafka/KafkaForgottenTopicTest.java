package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.tck.broker.BrokerSettings;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.internals.ProducerMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the native producer knows, on a broker that creates topics by itself: it asks for all of
 * that now and then, and what it asks for is created.
 */
final class KafkaForgottenTopicTest {

  /** A topic is forgotten when the producer learns another, after its time. */
  private static final Duration LONG = KafkaConfig.TOPIC_IDLE.multipliedBy(4);

  private BrokerHandle broker;
  private Link link;

  @BeforeEach
  void start() {
    broker =
        BrokerProvisioner.with(
                BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process"))
            .start("kafka", BrokerOptions.none().withSetting("auto.create.topics.enable", "true"));
    link = Links.open(broker);
  }

  @AfterEach
  void stop() {
    link.close(Links.PATIENCE);
    broker.close();
  }

  @Test
  void aDeletedTopicIsForgottenAndOneInUseIsNot() throws Exception {
    Queue used = Links.newQueue(link);
    Queue deleted = Links.newQueue(link);
    LinkProducer producer = link.openProducer(used, cause -> {});
    Links.send(link, deleted, 1);
    link.delete(deleted);
    ProducerMetadata known = known();
    assertThat(known.containsTopic(topic(deleted))).isTrue();
    long deadline = System.nanoTime() + LONG.toNanos();
    while (known.containsTopic(topic(deleted))) {
      assertThat(System.nanoTime() - deadline)
          .as("time until a deleted topic is forgotten; see KafkaConfig.TOPIC_IDLE")
          .isNegative();
      Thread.sleep(500);
      learnAnother();
    }
    assertThat(known.containsTopic(topic(used)))
        .as("known, for its producer is open; see SharedProducer.keep")
        .isTrue();
    refresh(known);
    assertThat(known.containsTopic(topic(used))).isTrue();
    assertThat(link.exists(deleted)).as("created by a refresh").isFalse();
    producer.close();
  }

  private static String topic(Queue queue) {
    return KafkaHarness.NAMES.topic(queue);
  }

  private void learnAnother() {
    Queue other = Queue.of("q." + UUID.randomUUID());
    link.declare(other, QueueOptions.DEFAULT);
    link.openProducer(other, cause -> {}).close();
    link.delete(other);
  }

  /** Asks for all that the native producer knows, as it does by itself every five minutes. */
  private void refresh(ProducerMetadata known) {
    int before = known.requestUpdate(true);
    learnAnother(); // It wakes the producer's thread.
    assertThat(known.updateVersion()).isGreaterThan(before);
  }

  /** The native client does not tell. */
  private ProducerMetadata known() throws ReflectiveOperationException {
    Producer<?, ?> producer = link.unwrap(Producer.class).orElseThrow();
    Field metadata = KafkaProducer.class.getDeclaredField("metadata");
    metadata.setAccessible(true);
    return (ProducerMetadata) metadata.get(producer);
  }
}
