package io.anymq.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one that has the turn tells the next: a word that goes with an offset, which itself is of no
 * use. For the thread that owns the native consumer.
 */
final class TurnNote {

  private static final Logger LOG = LoggerFactory.getLogger(TurnNote.class);

  private static final String HELD = "held";
  private static final String GIVEN_BACK = "given back";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition at;
  private final Duration patience;

  /**
   * A note in the group of the consumer.
   *
   * @param topic the topic whose turns these are
   * @param patience how long writing may take
   */
  TurnNote(KafkaConsumer<byte[], byte[]> consumer, String topic, Duration patience) {
    this.consumer = consumer;
    at = new TopicPartition(topic, 0);
    this.patience = patience;
  }

  /** Whether the one before did not say that it has given back what it held. */
  boolean saysHeld() {
    OffsetAndMetadata note = consumer.committed(Set.of(at)).get(at);
    return note != null && note.metadata().equals(HELD);
  }

  /**
   * Notes that this one may hold something.
   *
   * @return false when the group changes in this moment: then it is to be noted after a poll
   */
  boolean held() {
    try {
      write(HELD);
      return true;
    } catch (CommitFailedException | RebalanceInProgressException e) {
      LOG.debug("A turn at {} begins a moment later", at.topic(), e);
      return false;
    }
  }

  /** Notes that this one has given back what it held; without the note the next one waits. */
  void givenBack() {
    try {
      writeGivenBack();
    } catch (KafkaException e) {
      LOG.debug("The next consumer of {} waits for a while", at.topic(), e);
    }
  }

  private void writeGivenBack() {
    try {
      write(GIVEN_BACK);
    } catch (WakeupException e) {
      write(GIVEN_BACK); // It was meant for a poll that had ended.
    }
  }

  private void write(String word) {
    consumer.commitSync(Map.of(at, new OffsetAndMetadata(0, word)), patience);
  }
}
