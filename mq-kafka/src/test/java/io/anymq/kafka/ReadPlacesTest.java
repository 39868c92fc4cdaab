package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

final class ReadPlacesTest {

  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  private final Uuid first = Uuid.randomUuid();
  private final Uuid second = Uuid.randomUuid();
  private final ReadPlaces places = new ReadPlaces(Map.of(PARTITION, 7L), Map.of(PARTITION, first));

  /** Whatever is there, the client knows of the first topic alone. */
  private void read(long from, long to) {
    List<ConsumerRecord<byte[], byte[]>> records =
        LongStream.range(from, to)
            .mapToObj(each -> new ConsumerRecord<byte[], byte[]>("t", 0, each, null, new byte[0]))
            .toList();
    places.read(
        new ConsumerRecords<>(
            Map.of(PARTITION, records), Map.of(PARTITION, new OffsetAndMetadata(to))),
        Map.of(PARTITION, first));
  }

  @Test
  void goesOnWhereItWasLeft() {
    assertThat(places.enter(PARTITION, first, null)).hasValue(7);
    read(7, 9);
    assertThat(places.enter(PARTITION, first, null)).hasValue(9);
  }

  @Test
  void anotherTopicIsReadFromItsBeginning() {
    read(7, 9);
    assertThat(places.enter(PARTITION, second, first)).hasValue(0);
    assertThat(places.enter(new TopicPartition("t", 1), second, null)).hasValue(0);
  }

  /** Its place was beyond the end of the new topic; what it has read must not come twice. */
  @Test
  void oneThatTheClientHasBegunWithGoesOn() {
    read(7, 9);
    read(0, 2);
    read(2, 4);
    assertThat(places.enter(PARTITION, second, first)).isEmpty();
    assertThat(places.enter(PARTITION, second, null)).as("when it is there again").hasValue(4);
  }
}
