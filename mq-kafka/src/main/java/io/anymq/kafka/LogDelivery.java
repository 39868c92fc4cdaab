package io.anymq.kafka;

import io.anymq.Destination;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of a topic with one partition, which knows its place. */
final class LogDelivery extends KafkaDelivery {

  LogDelivery(ConsumerRecord<byte[], byte[]> record, Destination destination) {
    super(record, destination, 1);
  }

  @Override
  public Optional<String> position() {
    return Optional.of(LogPosition.of(record()).text());
  }
}
