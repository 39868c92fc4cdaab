package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import jakarta.jms.JMSException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to one destination: each message is a request whose answer, which the broker gives when it
 * has stored the message, is not waited for. Used by one thread at a time, as the core does.
 */
final class ActiveMqProducer implements LinkProducer {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqProducer.class);

  private final OpenWire wire;
  private final ActiveMqMapper mapper;
  private final ActiveMQDestination destination;
  private final ProducerId id;
  private final AtomicBoolean closed = new AtomicBoolean();
  private long sequence;

  private ActiveMqProducer(OpenWire wire, ActiveMqMapper mapper, ActiveMQDestination destination) {
    this.wire = wire;
    this.mapper = mapper;
    this.destination = destination;
    this.id = wire.newProducerId();
  }

  /** Makes a producer known to the broker, which makes the destination when it does not exist. */
  static ActiveMqProducer open(
      OpenWire wire, ActiveMqMapper mapper, ActiveMqDestinations names, Destination destination) {
    ActiveMqProducer producer = new ActiveMqProducer(wire, mapper, names.toNative(destination));
    ProducerInfo info = new ProducerInfo(producer.id);
    info.setDestination(producer.destination);
    wire.request("No producer for " + destination, info);
    return producer;
  }

  @Override
  public void send(OutboundMessage message) {
    try {
      ActiveMQMessage command = mapper.toNative(message.message());
      command.setDestination(destination);
      command.setProducerId(id);
      command.setMessageId(new MessageId(id, ++sequence));
      wire.request("The message could not be sent", command, new Answer(wire, message));
    } catch (MessagingException e) {
      if (wire.isLive()) {
        message.failed(e);
      }
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && wire.isLive()) {
      try {
        wire.send("The producer could not be closed", new RemoveInfo(id));
      } catch (MessagingException e) {
        LOG.debug("The producer goes with its connection", e);
      }
    }
  }

  /** Tells what became of one message; nothing when the connection broke, as the core asks. */
  private record Answer(OpenWire wire, OutboundMessage message) implements AsyncCallback {

    @Override
    public void onSuccess() {
      message.confirmed();
    }

    @Override
    public void onException(JMSException error) {
      if (!wire.isLoss(error)) {
        message.failed(ActiveMqErrors.sending(error));
      }
    }
  }
}
