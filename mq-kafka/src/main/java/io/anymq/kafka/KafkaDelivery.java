package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as a delivery. It is decoded when it is first asked for, by the thread that handles it,
 * so that the thread that fetches does not have to.
 */
class KafkaDelivery implements InboundDelivery {

  private final ConsumerRecord<byte[], byte[]> record;
  private final Destination destination;
  private final int deliveryCount;
  private volatile KafkaMapper.@Nullable Decoded decoded;

  KafkaDelivery(ConsumerRecord<byte[], byte[]> record, Destination destination, int deliveryCount) {
    this.record = record;
    this.destination = destination;
    this.deliveryCount = deliveryCount;
  }

  ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  private KafkaMapper.Decoded decoded() {
    KafkaMapper.Decoded result = decoded;
    if (result == null) {
      result = KafkaMapper.toMessage(record);
      decoded = result;
    }
    return result;
  }

  @Override
  public Message message() {
    return decoded().message();
  }

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public boolean redelivered() {
    return deliveryCount > 1 || KafkaMapper.isRepeated(record);
  }

  @Override
  public int deliveryCount() {
    return deliveryCount;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return decoded().undecodable();
  }

  @Override
  public String toString() {
    return "%s-%d@%d, delivery %d"
        .formatted(record.topic(), record.partition(), record.offset(), deliveryCount);
  }
}
