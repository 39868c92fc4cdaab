package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;

/**
 * A message as a consumer received it. It belongs to the one channel that its tag is of, and is an
 * entry of that channel's {@link UnsettledDeliveries}.
 */
final class RabbitDelivery extends UnsettledDeliveries.Entry implements InboundDelivery {

  private final Destination destination;
  private final RabbitMapper.Decoded decoded;
  private final boolean redelivered;
  private final int deliveryCount;
  private final Optional<String> position;

  RabbitDelivery(
      Destination destination,
      Envelope envelope,
      BasicProperties properties,
      RabbitMapper.Decoded decoded,
      Optional<String> position) {
    super(envelope.getDeliveryTag());
    this.destination = destination;
    this.decoded = decoded;
    this.position = position;
    this.redelivered = envelope.isRedeliver();
    this.deliveryCount = redelivered ? count(properties) : 1;
  }

  /** A queue that does not count tells only that there was a delivery before. */
  private static int count(BasicProperties properties) {
    long before = Math.max(1, RabbitMapper.deliveriesBefore(properties).orElse(1));
    return (int) Math.min(Integer.MAX_VALUE, before + 1);
  }

  @Override
  public Message message() {
    return decoded.message();
  }

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public boolean redelivered() {
    return redelivered;
  }

  @Override
  public int deliveryCount() {
    return deliveryCount;
  }

  @Override
  public Optional<String> position() {
    return position;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return Optional.ofNullable(decoded.fault());
  }
}
