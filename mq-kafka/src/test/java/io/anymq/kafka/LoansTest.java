package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.spi.Parking;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class LoansTest {

  private static final String TOPIC = "t";
  private static final TopicIdPartition PARTITION =
      new TopicIdPartition(Uuid.randomUuid(), 0, TOPIC);
  private static final int PREFETCH = 5;

  private final Loans loans = new Loans(PREFETCH);

  @Test
  void aBrokerThatHasForgottenALoanIsCorrected() {
    loans.lend(record(7, 1), 1);
    assertThat(loans.lend(record(7, 1), 1).count()).isEqualTo(2);
    assertThat(loans.lend(record(7, 1), 1).count()).isEqualTo(3);
  }

  @Test
  void aBrokerThatKnowsOfMoreIsBelieved() {
    loans.lend(record(7, 1), 1);
    assertThat(loans.lend(record(7, 1), 4).count()).isEqualTo(4);
  }

  @Test
  void whatIsSettledForSureIsForgotten() {
    loans.lend(record(7, 1), 1).settle(true);
    loans.confirmed(PARTITION, List.of(7L));
    assertThat(loans.size()).isZero();
  }

  @Test
  void whatIsReleasedIsCountedOnWhereTheBrokerCountsFewer() {
    loans.lend(record(7, 1), 1);
    loans.lend(record(7, 1), 1).settle(false);
    loans.confirmed(PARTITION, List.of(7L));
    assertThat(loans.lend(record(7, 1), 2).count()).isEqualTo(3);
  }

  @Test
  void whatIsReleasedIsForgottenWhereTheBrokerCountsAsMany() {
    loans.lend(record(7, 1), 1).settle(false);
    loans.confirmed(PARTITION, List.of(7L));
    assertThat(loans.size()).isZero();
  }

  @Test
  void aConfirmedRenewalSettlesNothing() {
    loans.lend(record(7, 1), 1);
    loans.confirmed(PARTITION, List.of(7L));
    assertThat(loans.lend(record(7, 1), 1).count()).isEqualTo(2);
  }

  @Test
  void aLaterTopicOfTheNameBeginsAnew() {
    loans.lend(record(7, 1), 1);
    assertThat(loans.lend(record(7, 2), 1).count()).isEqualTo(1);
  }

  @Test
  void whatOthersWereGivenDoesNotFillTheMemory() {
    int most = 2 * PREFETCH + Parking.MOST;
    for (int i = 0; i < 2 * most; i++) {
      loans.lend(record(i, 1), 1).settle(true);
    }
    assertThat(loans.size()).isEqualTo(most);
    assertThat(loans.lend(record(2L * most - 1, 1), 1).count()).as("the newest").isEqualTo(2);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, long timestamp) {
    return new ConsumerRecord<>(
        TOPIC,
        PARTITION.partition(),
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        new byte[0],
        new byte[0],
        new RecordHeaders(),
        Optional.empty());
  }
}
