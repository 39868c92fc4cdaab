package io.anymq.kafka;

import io.anymq.Destination;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;

/** A record of a topic with one partition, which knows its place. */
final class LogDelivery extends KafkaDelivery {

  private final Uuid topic;

  LogDelivery(ConsumerRecord<byte[], byte[]> record, Destination destination, Uuid topic) {
    super(record, destination, 1);
    this.topic = topic;
  }

  @Override
  public Optional<String> position() {
    return Optional.of(new LogPosition(topic, record().offset()).text());
  }
}
