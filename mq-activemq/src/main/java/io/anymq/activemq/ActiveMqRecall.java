package io.anymq.activemq;

import io.anymq.MessagingException;
import io.anymq.spi.OutboundMessage;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.MessagePull;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one message back out of a queue that was deleted while the message was on its way: the
 * broker has made the queue again for it, which only the sender's options may decide. When somebody
 * has consumed the message meanwhile, it was sent. Waits for nothing, for it runs on the reading
 * thread.
 */
final class ActiveMqRecall implements ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqRecall.class);
  private static final String WHAT = "The message could not be taken back";

  /** Answer at once, also when there is nothing. */
  private static final long AT_ONCE = -1;

  private final OpenWire wire;
  private final String described;
  private final OutboundMessage message;
  private final ConsumerInfo info;

  ActiveMqRecall(
      OpenWire wire,
      ActiveMQDestination queue,
      String described,
      MessageId id,
      OutboundMessage message) {
    this.wire = wire;
    this.described = described;
    this.message = message;
    info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(queue);
    info.setPrefetchSize(0);
    info.setSelector("JMSMessageID='" + id + "'");
  }

  void begin() {
    wire.attach(info.getConsumerId(), this);
    MessagePull pull = new MessagePull();
    pull.configure(info);
    pull.setTimeout(AT_ONCE);
    try {
      wire.send(WHAT, info);
      wire.send(WHAT, pull);
    } catch (MessagingException e) {
      LOG.debug("The connection broke; the message is in doubt", e);
    }
  }

  @Override
  public void dispatch(MessageDispatch answer) {
    wire.detach(info.getConsumerId());
    boolean back = answer.getMessage() != null;
    try {
      if (back) {
        wire.send(WHAT, new MessageAck(answer, MessageAck.INDIVIDUAL_ACK_TYPE, 1));
      }
      wire.send(WHAT, info.createRemoveCommand());
    } catch (MessagingException e) {
      LOG.debug("The connection broke; the message is in doubt", e);
      return;
    }
    if (back) {
      message.failed(ActiveMqErrors.deleted(described));
    } else {
      message.confirmed();
    }
  }
}
