package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.LocalTransactionId;
import org.apache.activemq.command.Message;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.TransactionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what a durable subscription collects to the queue that its members share, in the broker's
 * transactions, so that nothing is lost or doubled by a crash. One thread with a connection of its
 * own, which it makes again when it breaks; the broker lets only one such connection be there.
 *
 * <p>A message goes on as it came, with its native id and unread properties; only its destination
 * is another one, and the first one is kept beside it.
 */
final class ActiveMqForwarder {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqForwarder.class);

  /** One commit, which costs the broker a write to its disk, for so many messages at most. */
  private static final int MAX_BATCH = 100;

  /** Enough to fill the next batch while one is committed. */
  private static final int PREFETCH = 2 * MAX_BATCH;

  /** Makes the thread look whether it should end. */
  private static final MessageDispatch WAKE = new MessageDispatch();

  private final ActiveMqShare share;
  private final Function<Consumer<MessagingException>, OpenWire> connector;
  private final Predicate<ActiveMQDestination> meant;
  private final Duration timeout;
  private final Owner owner;
  private final BlockingQueue<MessageDispatch> inbox = new LinkedBlockingQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ActiveMqTrouble trouble = new ActiveMqTrouble();
  private final Thread thread;
  private volatile Consumer<OpenWire> firstWords = wire -> {};
  private volatile Consumer<OpenWire> lastWords = wire -> {};

  /** Hears how it goes, on the forwarder's thread. */
  interface Owner {

    /** The subscription is there, and what it collects is moved from now on. */
    void live();

    /** It does not work now; it is tried again until it is closed. */
    void failed(MessagingException why);

    /** It has not worked for a while, for a reason that does not go away by itself. */
    void hopeless(MessagingException why);

    /** The thread ends, though nobody has closed it: nothing is moved any more. */
    default void ended(MessagingException why) {
      try {
        failed(why);
      } finally {
        hopeless(why);
      }
    }
  }

  /**
   * Makes a forwarder; {@link #start} starts it.
   *
   * @param share the subscription
   * @param connector connects as the subscription; takes who is told of a loss
   * @param meant which topics are subscribed to, of those that the broker brings
   * @param timeout how long each step may take
   * @param owner hears how it goes
   */
  ActiveMqForwarder(
      ActiveMqShare share,
      Function<Consumer<MessagingException>, OpenWire> connector,
      Predicate<ActiveMQDestination> meant,
      Duration timeout,
      Owner owner) {
    this.share = share;
    this.connector = connector;
    this.meant = meant;
    this.timeout = timeout;
    this.owner = owner;
    thread = new Thread(this::run, "anymq-activemq-share-" + share.key());
    thread.setDaemon(true);
  }

  /**
   * Starts.
   *
   * @param before is done once, with the connection, before the subscription is made
   */
  void start(Consumer<OpenWire> before) {
    firstWords = before;
    thread.start();
  }

  /**
   * Ends; what was not moved stays in the subscription. Waits for the end for as long as a step may
   * take, unless the caller must not wait.
   *
   * @param last is done at the end, when it has the connection and the subscription is at rest
   * @param wait whether to wait
   */
  void close(Consumer<OpenWire> last, boolean wait) {
    lastWords = last;
    closing.countDown();
    inbox.add(WAKE);
    if (wait && Thread.currentThread() != thread) {
      boolean unused = Waits.uninterrupted(timeout, this::join);
    }
  }

  private boolean join(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    return !thread.isAlive();
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    try {
      boolean again = true;
      while (again) {
        again = serve();
      }
    } finally {
      if (!isClosing()) {
        owner.ended(
            new MessagingException(
                ErrorCode.BACKEND_FAILURE,
                "The thread that moves what the subscription %s collects has ended, which is a defect of the adapter"
                    .formatted(share.key())));
      }
    }
  }

  /** Serves the subscription until it is closed or that fails; whether to do it again. */
  private boolean serve() {
    try {
      moveUntilClosed();
      trouble.isOver();
      return !isClosing();
    } catch (Throwable e) { // an Error, too: while this member has the lease, nobody else moves
      MessagingException why = ActiveMqErrors.translate("The subscription cannot be served", e);
      LOG.debug("The subscription {} is not served now", share.key(), e);
      owner.failed(why);
      return !pause(heeded(trouble.failed(why, System.nanoTime())));
    }
  }

  private ActiveMqTrouble.Advice heeded(ActiveMqTrouble.Advice advice) {
    if (advice.hopeless() && !isClosing()) {
      owner.hopeless(advice.why());
    }
    return advice;
  }

  /** Whether it was closed meanwhile. */
  private boolean pause(ActiveMqTrouble.Advice advice) {
    if (advice.warns() && !isClosing()) {
      LOG.warn(
          "What the subscription {} collects waits and is not handed out; this is tried again: {}",
          share.key(),
          advice.why().getMessage());
    }
    try {
      return closing.await(advice.pause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return isClosing(); // an interrupt is not how it ends
    }
  }

  private void moveUntilClosed() {
    OpenWire wire = connector.apply(lost -> inbox.add(WAKE));
    try {
      inbox.clear();
      firstWords.accept(wire);
      firstWords = done -> {};
      ConsumerInfo collector = share.collector(wire, PREFETCH);
      ProducerId producer = prepare(wire, collector);
      owner.live();
      while (!isClosing() && wire.isLive()) {
        move(wire, collector, producer, next());
      }
      if (wire.isLive()) {
        wire.detach(collector.getConsumerId());
        wire.request("The subscription could not be left", collector.createRemoveCommand());
        lastWords.accept(wire);
      }
    } finally {
      wire.close(timeout);
    }
  }

  private ProducerId prepare(OpenWire wire, ConsumerInfo collector) {
    String what = "No shared subscription to " + share.origin().getPhysicalName();
    ProducerId producer = wire.newProducerId();
    wire.request(
        what,
        new DestinationInfo(
            wire.connectionId(), DestinationInfo.ADD_OPERATION_TYPE, share.queue()));
    wire.request(what, new ProducerInfo(producer));
    wire.addConsumer(what, collector, inbox::add);
    return producer;
  }

  private List<MessageDispatch> next() {
    List<MessageDispatch> batch = new ArrayList<>();
    try {
      batch.add(inbox.take());
      inbox.drainTo(batch, MAX_BATCH - 1);
    } catch (InterruptedException e) {
      LOG.debug("An interrupt is not how the mover of {} ends", share.key(), e);
    }
    batch.removeIf(dispatch -> dispatch.getMessage() == null);
    return batch;
  }

  /** When it fails, the connection is closed, and with it the broker's transaction. */
  private void move(
      OpenWire wire, ConsumerInfo collector, ProducerId producer, List<MessageDispatch> batch) {
    if (batch.isEmpty()) {
      return;
    }
    LocalTransactionId transaction =
        new LocalTransactionId(
            wire.connectionId(),
            wire.connection().getLocalTransactionIdGenerator().getNextSequenceId());
    String what = "What was collected could not be moved";
    wire.send(what, new TransactionInfo(wire.connectionId(), transaction, TransactionInfo.BEGIN));
    List<ActiveMqAnswer> steps = new ArrayList<>();
    for (MessageDispatch dispatch : batch) {
      if (meant.test(dispatch.getDestination())) {
        Message message = readdressed(dispatch.getMessage());
        message.setProducerId(producer);
        message.setTransactionId(transaction);
        steps.add(ActiveMqAnswer.begin(wire, what, message));
      }
    }
    MessageAck ack = taken(collector, batch);
    ack.setTransactionId(transaction);
    steps.add(ActiveMqAnswer.begin(wire, what, ack));
    long deadline = System.nanoTime() + timeout.toNanos();
    steps.forEach(step -> step.await(deadline));
    wire.request(
        what,
        new TransactionInfo(wire.connectionId(), transaction, TransactionInfo.COMMIT_ONE_PHASE));
    trouble.isOver();
  }

  private Message readdressed(Message message) {
    message.setOriginalDestination(message.getDestination());
    message.setDestination(share.queue());
    boolean repeated =
        message.getRedeliveryCounter() > 0
            && message instanceof ActiveMQMessage sent
            && ActiveMqMapper.earlierDeliveries(sent, 1) == 0;
    message.setRedeliveryCounter(repeated ? 1 : 0);
    return message;
  }

  private static MessageAck taken(ConsumerInfo collector, List<MessageDispatch> batch) {
    MessageAck ack = new MessageAck();
    ack.setAckType(MessageAck.STANDARD_ACK_TYPE);
    ack.setConsumerId(collector.getConsumerId());
    ack.setDestination(collector.getDestination());
    ack.setFirstMessageId(batch.get(0).getMessage().getMessageId());
    ack.setLastMessageId(batch.get(batch.size() - 1).getMessage().getMessageId());
    ack.setMessageCount(batch.size());
    return ack;
  }
}
