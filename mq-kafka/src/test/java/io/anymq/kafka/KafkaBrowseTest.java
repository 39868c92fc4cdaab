package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueBrowser;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Browsing;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Purger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a browser makes of a share group's state, as the broker writes it down. */
final class KafkaBrowseTest extends LinkTest {

  /** More than the 500 after which the broker writes a new snapshot. */
  private static final int UPDATES = 520;

  private List<String> look() {
    List<String> seen = new ArrayList<>();
    try (QueueBrowser browser = ((Browsing) link).browse(queue)) {
      browser.forEachRemaining(message -> seen.add(message.text()));
    }
    return seen;
  }

  @Test
  void leavesOutWhatWasAcceptedAcrossASnapshot() throws Exception {
    Links.send(link, queue, UPDATES + 2);
    try (Taking consumer = new Taking(link, queue, 2)) {
      InboundDelivery held = consumer.take();
      for (int i = 0; i < UPDATES; i++) {
        consumer.accept(consumer.take());
      }
      assertThat(held.message().text()).isEqualTo("0");
    }
    assertThat(look()).containsExactly("0", String.valueOf(UPDATES + 1));
  }

  /** What a consumer would not get as a message is none: the core drops it, or dead-letters it. */
  @Test
  void leavesOutWhatHasExpiredAndWhatCannotBeDecoded() throws Exception {
    Links.send(link, queue, 1);
    String topic = KafkaHarness.NAMES.topic(queue);
    try (KafkaProducer<byte[], byte[]> foreign =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.url().substring("kafka://".length())),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String header : List.of(KafkaHeaders.EXPIRES_AT, KafkaHeaders.PRIORITY)) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, new byte[] {'x'});
        boolean expires = header.equals(KafkaHeaders.EXPIRES_AT);
        record.headers().add(header, PropertyCodec.utf8(expires ? "1" : "no number"));
        foreign.send(record).get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
    Links.send(link, queue, 2);
    assertThat(look()).containsExactly("0", "0", "1");
  }

  /** Which partition the state of a queue is in, its group and its topic's id decide. */
  @Test
  void findsTheStateOfEveryQueue() throws Exception {
    for (int i = 0; i < 8; i++) {
      queue = Links.newQueue(link);
      Links.send(link, queue, 2);
      try (Taking consumer = new Taking(link, queue, 1)) {
        consumer.accept(consumer.take());
      }
      assertThat(look()).as("queue %d", i).containsExactly("1");
    }
  }

  @Test
  void showsWhatConsumersHold() throws Exception {
    Links.send(link, queue, 3);
    try (Taking consumer = new Taking(link, queue, 2)) {
      InboundDelivery held = consumer.take();
      assertThat(look()).containsExactly("0", "1", "2");
      consumer.accept(held);
    }
    assertThat(look()).containsExactly("1", "2");
  }

  @Test
  void showsNothingOfAnEmptiedQueue() throws Exception {
    Links.send(link, queue, 3);
    ((Purger) link).purge(queue);
    assertThat(look()).isEmpty();
    Links.send(link, queue, 1);
    assertThat(look()).containsExactly("0");
  }

  @Test
  void doesNotShowWhatWasNotCommitted() throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            broker.url().substring("kafka://".length()),
            "transactional.id",
            queue.name());
    try (KafkaProducer<byte[], byte[]> foreign =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      foreign.initTransactions();
      for (String text : List.of("dropped", "kept", "open")) {
        foreign.beginTransaction();
        Future<RecordMetadata> unused =
            foreign.send(
                new ProducerRecord<>(
                    KafkaHarness.NAMES.topic(queue), text.getBytes(StandardCharsets.UTF_8)));
        foreign.flush();
        if (text.equals("dropped")) {
          foreign.abortTransaction();
        } else if (text.equals("kept")) {
          foreign.commitTransaction();
        }
      }
      assertThat(look()).containsExactly("kept");
      foreign.abortTransaction();
    }
  }

  @Test
  void isEndedByTheLinksClose() throws Exception {
    Links.send(link, queue, 3);
    Link closing = Links.open(broker);
    QueueBrowser browser = ((Browsing) closing).browse(queue);
    assertThat(browser.next().text()).isEqualTo("0");
    closing.close(Links.PATIENCE);
    assertThat(Thread.getAllStackTraces().keySet())
        .as("threads of the browser's native client")
        .noneMatch(thread -> thread.getName().contains("-scan-"));
  }
}
