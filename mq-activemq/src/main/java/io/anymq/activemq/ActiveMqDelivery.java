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
  private final Optional<ActiveMqHandOuts.Log> log;
  private ActiveMqMapper.@Nullable Decoded decoded;
  private volatile boolean handed;

  /** The neighbours among the unsettled ones; kept by {@link UnsettledDeliveries}. */
  @Nullable ActiveMqDelivery previous;

  @Nullable ActiveMqDelivery next;
  boolean unsettled;

  /**
   * Makes a delivery.
   *
   * @param log the records of its source; empty for one that is never delivered by another link
   */
  ActiveMqDelivery(
      MessageDispatch dispatch,
      Destination destination,
      ActiveMqMapper mapper,
      Optional<ActiveMqHandOuts.Log> log) {
    this.log = log;
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
    return earlierDeliveries() + 1;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return decoded().undecodable();
  }

  /** The message as it came; not for changing. */
  ActiveMQMessage nativeMessage() {
    return (ActiveMQMessage) dispatch.getMessage();
  }

  MessageId messageId() {
    return dispatch.getMessage().getMessageId();
  }

  /**
   * A durable subscription begins to count anew, whatever count a message came with; a count that
   * is one too high does no harm.
   */
  private int earlierDeliveries() {
    if (dispatch.getDestination().isTopic()) {
      return dispatch.getRedeliveryCounter();
    }
    return ActiveMqMapper.earlierDeliveries(nativeMessage(), dispatch.getRedeliveryCounter());
  }

  @Override
  public void handedOut() {
    handed = true;
    if (earlierDeliveries() > 0) {
      log.ifPresent(records -> records.add(messageId()));
    }
  }

  /** Whether the application has got it. */
  boolean wasHandedOut() {
    return handed;
  }

  /** It goes back, by an orderly close: a first hand-out must not be forgotten. */
  void givenBack() {
    if (handed && earlierDeliveries() == 0) {
      log.ifPresent(records -> records.addSoon(messageId()));
    }
  }

  @Override
  public int earlierHandOuts() {
    if (earlierDeliveries() == 0) {
      return 0;
    }
    int own = handed ? 1 : 0;
    return log.flatMap(records -> records.count(messageId()))
        .map(records -> Math.max(0, records - own))
        .orElse(deliveryCount() - 1);
  }

  private synchronized ActiveMqMapper.Decoded decoded() {
    if (decoded == null) {
      decoded = mapper.fromNative(nativeMessage());
    }
    return decoded;
  }
}
