package io.anymq.activemq;

import io.anymq.ClosedException;
import io.anymq.MessagingException;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit.Accept;
import io.anymq.spi.AtomicCommit.Send;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.LocalTransactionId;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.apache.activemq.command.TransactionId;
import org.apache.activemq.command.TransactionInfo;
import org.apache.activemq.command.XATransactionId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One unit of work as one transaction of the broker: begun, filled and committed while one thread
 * calls {@link #commit}.
 *
 * <p>Deliveries must be acknowledged on the connection they came on, and a local transaction
 * belongs to one connection. So the whole unit goes over the connection of its deliveries; when
 * they came on several, which takes durable subscriptions, it becomes a distributed transaction of
 * one phase, which the broker shares between connections.
 */
final class ActiveMqTransaction {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqTransaction.class);

  /** Tells our transactions from those of a transaction manager; any number does. */
  private static final int XA_FORMAT = 0x414d51;

  private static final String PART = "The broker did not take a part of the unit of work";

  private final ActiveMqMapper mapper;
  private final boolean scheduler;
  private final ActiveMqDestinations names;
  private final Duration timeout;
  private final Set<OpenWire> wires = new LinkedHashSet<>();
  private final OpenWire first;
  private final TransactionId id;

  /**
   * Makes a transaction; nothing is sent yet.
   *
   * @param main the connection for a unit that has no deliveries
   * @param names the names of destinations
   * @param mapper encodes messages
   * @param scheduler whether the broker has a scheduler, which takes no part in transactions
   * @param accepts the unit's deliveries
   * @param timeout how long each step may take
   */
  ActiveMqTransaction(
      OpenWire main,
      ActiveMqDestinations names,
      ActiveMqMapper mapper,
      boolean scheduler,
      List<Accept> accepts,
      Duration timeout) {
    this.mapper = mapper;
    this.scheduler = scheduler;
    this.names = names;
    this.timeout = timeout;
    accepts.forEach(accept -> wires.add(consumer(accept).wire()));
    if (wires.isEmpty()) {
      wires.add(main);
    }
    first = wires.iterator().next();
    id = wires.size() == 1 ? local(first) : distributed();
  }

  private static TransactionId local(OpenWire wire) {
    return new LocalTransactionId(
        wire.connectionId(),
        wire.connection().getLocalTransactionIdGenerator().getNextSequenceId());
  }

  private static TransactionId distributed() {
    UUID unique = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(unique.getMostSignificantBits())
            .putLong(unique.getLeastSignificantBits())
            .array();
    XATransactionId id = new XATransactionId();
    id.setFormatId(XA_FORMAT);
    id.setGlobalTransactionId(bytes);
    id.setBranchQualifier(bytes);
    return id;
  }

  private static ActiveMqConsumer consumer(Accept accept) {
    return (ActiveMqConsumer) accept.consumer();
  }

  /** Does it all or nothing; see {@link io.anymq.spi.AtomicCommit#commit}. */
  void commit(List<Send> sends, List<Accept> accepts) {
    accepts.forEach(accept -> consumer(accept).commits().begin());
    try {
      commitAll(sends, accepts);
    } finally {
      accepts.forEach(accept -> consumer(accept).commits().end());
    }
  }

  private void commitAll(List<Send> sends, List<Accept> accepts) {
    try {
      fill(sends, accepts);
      if (hasGone(accepts)) {
        throw new ClosedException("one of its consumers has gone meanwhile");
      }
    } catch (UnsupportedCapabilityException e) {
      rollBack();
      throw e;
    } catch (MessagingException e) {
      rollBack();
      throw new RolledBackException("Nothing was done: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      rollBack();
      throw e;
    }
    try {
      first.request(
          "The transaction could not be committed", info(first, TransactionInfo.COMMIT_ONE_PHASE));
    } catch (MessagingException e) {
      throw afterCommit(e);
    }
    accepts.forEach(accept -> consumer(accept).forget(accept.deliveries()));
    if (hasGone(accepts)) {
      throw new SendInDoubtException(
          "One of the consumers has gone while the broker committed: its deliveries may come again",
          null);
    }
  }

  /**
   * Closed without waiting for this commit any longer, or lost with a connection of its own, which
   * the transaction may outlive.
   */
  private boolean hasGone(List<Accept> accepts) {
    return accepts.stream()
        .map(ActiveMqTransaction::consumer)
        .anyMatch(each -> each.commits().isClosed() || hasLost(each.wire()));
  }

  private boolean hasLost(OpenWire wire) {
    return wire != first && !wire.isLive();
  }

  /** The broker's own word that it rolled back is one; anything else says nothing. */
  private static MessagingException afterCommit(MessagingException failure) {
    String text = String.valueOf(failure.getMessage());
    if (text.contains("rolled back") || text.contains("rollback only")) {
      return new RolledBackException(text, failure);
    }
    return new SendInDoubtException(text, failure);
  }

  private void fill(List<Send> sends, List<Accept> accepts) {
    for (OpenWire wire : wires) {
      wire.send("No transaction could be begun", info(wire, TransactionInfo.BEGIN));
    }
    List<ActiveMqAnswer> steps = new ArrayList<>();
    ProducerId producer = first.newProducerId();
    if (!sends.isEmpty()) {
      first.send("No producer for the transaction", new ProducerInfo(producer));
    }
    for (Send send : sends) {
      steps.add(ActiveMqAnswer.begin(first, PART, message(send, producer, steps.size() + 1)));
    }
    for (Accept accept : accepts) {
      for (MessageAck ack : consumer(accept).acknowledgements(accept.deliveries())) {
        ack.setTransactionId(id);
        steps.add(ActiveMqAnswer.begin(consumer(accept).wire(), PART, ack));
      }
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    steps.forEach(step -> step.await(deadline));
    if (!sends.isEmpty()) {
      first.send("The producer could not be closed", new RemoveInfo(producer));
    }
  }

  private ActiveMQMessage message(Send send, ProducerId producer, long sequence) {
    ActiveMQMessage message = mapper.toNative(send.message(), send.origin());
    checkNotScheduled(message);
    ActiveMqFrames.encode(message);
    boolean isLetter = send.origin().isPresent();
    ActiveMqFrames.checkSize(message, first.maxFrameBytes(), isLetter);
    if (mapper.isForArtemis()) {
      ActiveMqFrames.checkArtemisRecord(message, isLetter);
    }
    message.setDestination(names.toNative(send.destination()));
    message.setProducerId(producer);
    message.setMessageId(new MessageId(producer, sequence));
    message.setTransactionId(id);
    return message;
  }

  /** What the application's own properties say of the scheduler is refused as a delay is. */
  private void checkNotScheduled(ActiveMQMessage message) {
    if (scheduler && ActiveMqScheduler.takes(message)) {
      throw new UnsupportedCapabilityException(
          "The broker's scheduler takes no part in a transaction: send a message with AMQ_SCHEDULED_"
              + " properties outside of the session");
    }
  }

  private TransactionInfo info(OpenWire wire, byte type) {
    return new TransactionInfo(wire.connectionId(), id, type);
  }

  private void rollBack() {
    try {
      if (first.isLive()) {
        first.finish(
            "The transaction could not be rolled back", info(first, TransactionInfo.ROLLBACK));
      }
    } catch (MessagingException e) {
      LOG.debug("The broker rolls it back with the connection", e);
    }
  }
}
