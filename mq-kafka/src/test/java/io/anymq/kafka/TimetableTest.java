package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What is in the topic of delayed messages that does not belong there. */
final class TimetableTest {

  /** Whoever writes a thousand records there must not fill the log. */
  @Test
  void recordsOfOthersAreWarnedOfOnce() {
    TopicPartition bucket = new TopicPartition(KafkaNames.DELAYS, 1);
    Timetable timetable = new Timetable();
    try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        LogLines log = new LogLines("is none of this library's")) {
      consumer.assign(Set.of(bucket));
      timetable.begin(bucket, new OffsetAndMetadata(0), consumer);
      for (int offset = 0; offset < 10; offset++) {
        timetable.take(
            new ConsumerRecord<>(bucket.topic(), bucket.partition(), offset, null, new byte[1]));
      }
      assertThat(log.lines()).hasSize(1);
    }
  }
}
