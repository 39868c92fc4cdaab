package io.anymq.activemq;

import io.anymq.InvalidMessageException;
import io.anymq.MessagingException;
import io.anymq.SendInDoubtException;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import jakarta.jms.JMSException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.DestinationDoesNotExistException;
import org.apache.activemq.ScheduledMessage;
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
  private static final String WHAT = "The message could not be sent";

  private final OpenWire wire;
  private final ActiveMqMapper mapper;
  private final String described;
  private final Supplier<ActiveMQDestination> current;
  private final ActiveMqDeletions deletions;
  private final boolean delays;
  private final ProducerId id;
  private final AtomicBoolean closed = new AtomicBoolean();

  // Guarded by this.
  private Target target;
  private long sequence;

  private ActiveMqProducer(
      OpenWire wire,
      ActiveMqMapper mapper,
      ActiveMqDeletions deletions,
      boolean delays,
      String described,
      Supplier<ActiveMQDestination> current) {
    this.wire = wire;
    this.mapper = mapper;
    this.deletions = deletions;
    this.delays = delays;
    this.described = described;
    this.current = current;
    this.id = wire.newProducerId();
    this.target = watched(current.get());
  }

  /** Where messages go, and what is heard of its end. */
  private record Target(ActiveMQDestination destination, ActiveMqDeletions.Watch watch) {}

  private Target watched(ActiveMQDestination destination) {
    return new Target(destination, deletions.watch(destination, () -> {}));
  }

  /** The end of a temporary queue says nothing of the one that its owner made in its place. */
  private synchronized Target target() {
    ActiveMQDestination now = current.get();
    if (!now.equals(target.destination) && !closed.get()) {
      target.watch.end();
      target = watched(now);
    }
    return target;
  }

  /**
   * Makes a producer known to the broker.
   *
   * @param wire the connection
   * @param mapper encodes messages
   * @param deletions tells when the destination is deleted
   * @param delays whether the broker has a scheduler, which keeps messages until they are due
   * @param described the destination, as messages name it
   * @param current the destination; a temporary queue has another one after its owner recovered
   * @return the producer
   */
  static ActiveMqProducer open(
      OpenWire wire,
      ActiveMqMapper mapper,
      ActiveMqDeletions deletions,
      boolean delays,
      String described,
      Supplier<ActiveMQDestination> current) {
    ActiveMqProducer producer =
        new ActiveMqProducer(wire, mapper, deletions, delays, described, current);
    ProducerInfo info = new ProducerInfo(producer.id);
    ActiveMQDestination destination = producer.target().destination();
    if (!destination.isTemporary()) {
      info.setDestination(destination);
    }
    try {
      wire.request("No producer for " + described, info);
    } catch (Throwable e) {
      producer.close(); // the broker may have taken it all the same
      throw e;
    }
    return producer;
  }

  @Override
  public void send(OutboundMessage message) {
    Target to = target();
    if (to.watch.isGone() && !to.destination.isTemporary()) {
      message.failed(ActiveMqErrors.deleted(described));
      return;
    }
    try {
      ActiveMQMessage command = command(message);
      if (ActiveMqScheduler.takes(command) && to.destination.isQueue()) {
        begin(new UpToDate(message, command, to));
      } else {
        transmit(message, command, to);
      }
    } catch (MessagingException e) {
      failed(message, e);
    }
  }

  /**
   * Asks for the broker's answer to a command that changes nothing, with which all that it told
   * before is known. Of a temporary queue a producer can only be made while it is there; of another
   * one, that would make it again.
   */
  private void begin(UpToDate waiting) {
    if (waiting.to.destination.isTemporary()) {
      waiting.probe.setDestination(waiting.to.destination);
      wire.request(WHAT, waiting.probe, waiting);
    } else {
      wire.request(WHAT, waiting.probe, waiting);
      wire.send(WHAT, waiting.probe.createRemoveCommand());
    }
  }

  /** In one step, so that messages leave in the order of their numbers. */
  private synchronized void transmit(OutboundMessage message, ActiveMQMessage command, Target to) {
    command.setDestination(to.destination);
    command.setProducerId(id);
    command.setMessageId(new MessageId(id, ++sequence));
    wire.request(WHAT, command, new Answer(message, command, to));
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
    checkDelay(message, command);
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

  /** A delay that the broker would not keep is refused; a link may lack what one before it had. */
  private void checkDelay(OutboundMessage message, ActiveMQMessage command) {
    if (message.message().deliveryDelay().filter(delay -> delay.toMillis() > 0).isEmpty()) {
      return;
    }
    if (!delays) {
      throw new UnsupportedCapabilityException(
          "The broker has no scheduler now, which delayed messages need (schedulerSupport=\"true\""
              + " in activemq.xml)");
    }
    if (!ActiveMqScheduler.takes(command)) {
      throw new InvalidMessageException(
          "With the property %s, which tells the broker's scheduler that the message was delayed before, it is not delayed again: leave it out"
              .formatted(ScheduledMessage.AMQ_SCHEDULED_ID));
    }
  }

  @Override
  public void close() {
    boolean first = closed.compareAndSet(false, true);
    synchronized (this) {
      target.watch.end();
    }
    if (first && wire.isLive()) {
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
    private final boolean scheduled;
    private final Target to;
    private final int removalsBefore;

    Answer(OutboundMessage message, ActiveMQMessage command, Target to) {
      this.message = message;
      this.messageId = command.getMessageId();
      this.scheduled = ActiveMqScheduler.takes(command);
      this.to = to;
      this.removalsBefore = to.watch.removals();
    }

    /** A deleted topic had no subscriptions left that could miss the message. */
    @Override
    public void onSuccess() {
      if (to.watch.removals() == removalsBefore || !to.destination.isQueue()) {
        message.confirmed();
      } else if (scheduled) {
        message.failed(inDoubt());
      } else if (to.destination.isTemporary()) {
        message.confirmed(); // it was taken before the end, for a send never makes one again
      } else {
        new ActiveMqRecall(wire, to.destination, described, messageId, message).begin();
      }
    }

    /**
     * To look for it in the queue would make that again, and the message is not there yet. Where no
     * scheduler was found it is in doubt too: a user may not be allowed to look for one.
     */
    private MessagingException inDoubt() {
      return new SendInDoubtException(
          "%s was deleted while the message was sent: the broker's scheduler has the message, and makes the queue again when it is due"
              .formatted(described));
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
    private final Target to;
    private final ProducerInfo probe = new ProducerInfo(wire.newProducerId());

    UpToDate(OutboundMessage message, ActiveMQMessage command, Target to) {
      this.message = message;
      this.command = command;
      this.to = to;
    }

    @Override
    public void onSuccess() {
      if (to.destination.isTemporary()) { // only now it is known that there is something to remove
        wire.sendIfLive(WHAT, probe.createRemoveCommand());
      }
      if (closed.get()) {
        return; // nobody waits for it any more
      }
      if (to.watch.isGone()) {
        message.failed(ActiveMqErrors.deleted(described));
        return;
      }
      try {
        transmit(message, command, to);
      } catch (MessagingException e) {
        failed(message, e);
      }
    }

    @Override
    public void onException(JMSException error) {
      if (error instanceof DestinationDoesNotExistException) {
        message.failed(ActiveMqErrors.deleted(described));
      } else if (!wire.isLoss(error)) {
        message.failed(ActiveMqErrors.translate(WHAT, error));
      }
    }
  }
}
