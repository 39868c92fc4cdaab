package io.anymq.activemq;

import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import jakarta.jms.JMSException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.FlushCommand;
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
  private static final String WHAT = "The message could not be sent";

  private final OpenWire wire;
  private final ActiveMqMapper mapper;
  private final String described;
  private final Supplier<ActiveMQDestination> current;
  private final ActiveMQDestination destination;
  private final ActiveMqDeletions.Watch watch;
  private final ProducerId id;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong sequence = new AtomicLong();

  private ActiveMqProducer(
      OpenWire wire,
      ActiveMqMapper mapper,
      ActiveMqDeletions deletions,
      String described,
      Supplier<ActiveMQDestination> current) {
    this.wire = wire;
    this.mapper = mapper;
    this.described = described;
    this.current = current;
    this.destination = current.get();
    this.watch = deletions.watch(destination, () -> {});
    this.id = wire.newProducerId();
  }

  /**
   * Makes a producer known to the broker.
   *
   * @param wire the connection
   * @param mapper encodes messages
   * @param deletions tells when the destination is deleted
   * @param described the destination, as messages name it
   * @param current the destination; a temporary queue has another one after its owner recovered
   * @return the producer
   */
  static ActiveMqProducer open(
      OpenWire wire,
      ActiveMqMapper mapper,
      ActiveMqDeletions deletions,
      String described,
      Supplier<ActiveMQDestination> current) {
    ActiveMqProducer producer = new ActiveMqProducer(wire, mapper, deletions, described, current);
    ProducerInfo info = new ProducerInfo(producer.id);
    if (!producer.destination.isTemporary()) {
      info.setDestination(producer.destination);
    }
    try {
      wire.request("No producer for " + described, info);
    } catch (MessagingException e) {
      producer.close(); // the broker may have taken it all the same
      throw e;
    }
    return producer;
  }

  @Override
  public void send(OutboundMessage message) {
    if (isGone()) {
      message.failed(ActiveMqErrors.deleted(described));
      return;
    }
    try {
      ActiveMQMessage command = command(message);
      if (makesItsQueueAgain() && message.message().deliveryDelay().isPresent()) {
        wire.request(WHAT, new FlushCommand(), new UpToDate(message, command));
      } else {
        transmit(message, command);
      }
    } catch (MessagingException e) {
      failed(message, e);
    }
  }

  private boolean isGone() {
    return watch.isGone() && !destination.isTemporary();
  }

  /**
   * Whether a message to what was deleted would make it again. A deleted topic had no subscriptions
   * left that could miss the message, and a temporary queue is never made again by a send.
   */
  private boolean makesItsQueueAgain() {
    return destination.isQueue() && !destination.isTemporary();
  }

  private void transmit(OutboundMessage message, ActiveMQMessage command) {
    command.setDestination(current.get());
    command.setProducerId(id);
    command.setMessageId(new MessageId(id, sequence.incrementAndGet()));
    wire.request(WHAT, command, new Answer(message, command.getMessageId(), watch.removals()));
  }

  private void failed(OutboundMessage message, MessagingException why) {
    if (wire.isLive()) {
      message.failed(why);
    }
  }

  /**
   * It is encoded here, so that one that cannot be fails alone: on the wire, that would look like
   * the end of the connection.
   */
  private ActiveMQMessage command(OutboundMessage message) {
    ActiveMQMessage command = mapper.toNative(message.message(), message.origin());
    if (message.repeated()) {
      ActiveMqMapper.markRepeated(command);
    }
    ActiveMqFrames.encode(command);
    boolean isLetter = message.origin().isPresent();
    ActiveMqFrames.checkSize(command, wire.maxFrameBytes(), isLetter);
    if (mapper.isForArtemis()) {
      ActiveMqFrames.checkArtemisRecord(command, isLetter);
    }
    return command;
  }

  @Override
  public void close() {
    watch.end();
    if (closed.compareAndSet(false, true) && wire.isLive()) {
      try {
        wire.send("The producer could not be closed", new RemoveInfo(id));
      } catch (MessagingException e) {
        LOG.debug("The producer goes with its connection", e);
      }
    }
  }

  /** Tells what became of one message; nothing when the connection broke, as the core asks. */
  private final class Answer implements AsyncCallback {

    private final OutboundMessage message;
    private final MessageId messageId;
    private final int removalsBefore;

    Answer(OutboundMessage message, MessageId messageId, int removalsBefore) {
      this.message = message;
      this.messageId = messageId;
      this.removalsBefore = removalsBefore;
    }

    @Override
    public void onSuccess() {
      if (watch.removals() != removalsBefore && makesItsQueueAgain()) {
        new ActiveMqRecall(wire, destination, described, messageId, message).begin();
      } else {
        message.confirmed();
      }
    }

    @Override
    public void onException(JMSException error) {
      if (!wire.isLoss(error)) {
        message.failed(ActiveMqErrors.sending(described, error));
      }
    }
  }

  /**
   * Sends a delayed message when all that the broker has told before is known. The scheduler takes
   * one whether its queue exists or not, and does not give it back: so that the queue was deleted
   * must be known before it is sent.
   */
  private final class UpToDate implements AsyncCallback {

    private final OutboundMessage message;
    private final ActiveMQMessage command;

    UpToDate(OutboundMessage message, ActiveMQMessage command) {
      this.message = message;
      this.command = command;
    }

    @Override
    public void onSuccess() {
      if (closed.get()) {
        return; // nobody waits for it any more
      }
      if (isGone()) {
        message.failed(ActiveMqErrors.deleted(described));
        return;
      }
      try {
        transmit(message, command);
      } catch (MessagingException e) {
        failed(message, e);
      }
    }

    @Override
    public void onException(JMSException error) {
      if (!wire.isLoss(error)) {
        message.failed(ActiveMqErrors.translate(WHAT, error));
      }
    }
  }
}
