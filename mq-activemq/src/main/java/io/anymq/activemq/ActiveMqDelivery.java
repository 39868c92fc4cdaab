package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * A message as the broker dispatched it. It is decoded by the thread that first looks at it, so
 * that the connection's reading thread, which all consumers share, does not spend its time on that.
 */
final class ActiveMqDelivery implements InboundDelivery {

  private final MessageDispatch dispatch;
  private final Destination destination;
  private final ActiveMqMapper mapper;
  private ActiveMqMapper.@Nullable Decoded decoded;

  /** The neighbours among the unsettled ones; kept by {@link UnsettledDeliveries}. */
  @Nullable ActiveMqDelivery previous;

  @Nullable ActiveMqDelivery next;
  boolean unsettled;

  ActiveMqDelivery(MessageDispatch dispatch, Destination destination, ActiveMqMapper mapper) {
    this.dispatch = dispatch;
    this.destination = destination;
    this.mapper = mapper;
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
    return dispatch.getRedeliveryCounter() > 0;
  }

  @Override
  public int deliveryCount() {
    return dispatch.getRedeliveryCounter() + 1;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return decoded().undecodable();
  }

  MessageId messageId() {
    return dispatch.getMessage().getMessageId();
  }

  /** Whether somebody has looked at the message: the core does when the application gets it. */
  synchronized boolean seen() {
    return decoded != null;
  }

  private synchronized ActiveMqMapper.Decoded decoded() {
    if (decoded == null) {
      decoded = mapper.fromNative((ActiveMQMessage) dispatch.getMessage());
    }
    return decoded;
  }
}
