package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ConsumerControl;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.RemoveInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from one source. The connection's reading thread hands deliveries over; any thread
 * settles.
 *
 * <p>Three locks, so that the reading thread never waits for a thread that writes: if it did, and
 * the broker waited for us to read, both would wait for ever.
 */
final class ActiveMqConsumer implements LinkConsumer, Parking, ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqConsumer.class);

  /**
   * After so many deliveries without an acknowledgement the broker is nudged. It reads a queue in
   * pages of 200 messages (its policy's {@code maxPageSize}) and looks for the next page only when
   * something happens: a consumer that holds a page unsettled would get no more, whatever its
   * prefetch.
   */
  private static final int NUDGE_AFTER = 100;

  private final OpenWire wire;
  private final ConsumerInfo info;
  private final Source source;
  private final ActiveMqDestinations names;
  private final ActiveMqMapper mapper;
  private final DeliverySink sink;
  private final Duration timeout;
  private final Consumer<ActiveMqConsumer> afterClose;

  /** Held while the sink is called. */
  private final ReentrantLock delivering = new ReentrantLock();

  /** Held while settlements are written, so that they go in the order in which they were taken. */
  private final ReentrantLock settling = new ReentrantLock();

  /** Guards the list; held for moments only. */
  private final Object listLock = new Object();

  private final ActiveMqDeletions.Watch watch;
  private final Runnable endOfPatternWatch;
  private final UnsettledDeliveries unsettled = new UnsettledDeliveries();
  private final AtomicInteger sinceAcknowledgement = new AtomicInteger();
  private final Optional<ActiveMqHandOuts.Log> log;

  /** How many are parked; guarded by {@link #listLock}. */
  private int parked;

  private final ActiveMqCommits commits = new ActiveMqCommits();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile boolean deleted;

  /**
   * Makes a consumer; {@link #open} opens it.
   *
   * @param setting what it belongs to
   * @param info what the broker is told of it
   * @param source what it consumes; of a pattern it leaves out what the broker brings too much
   * @param sink takes the deliveries
   * @param afterClose is told when it has been closed
   */
  ActiveMqConsumer(
      Setting setting,
      ConsumerInfo info,
      Source source,
      DeliverySink sink,
      Consumer<ActiveMqConsumer> afterClose) {
    this.wire = setting.wire;
    this.names = setting.names;
    this.mapper = setting.mapper;
    this.timeout = setting.timeout;
    this.info = info;
    this.source = source;
    this.sink = sink;
    this.afterClose = afterClose;
    this.log = log(setting, info, source);
    this.watch = setting.deletions.watch(info.getDestination(), this::destinationDeleted);
    this.endOfPatternWatch =
        source instanceof Source.OfPattern of && of.terms().name().isPresent()
            ? setting.deletions.watchTopics(deletedTopic -> warnOfLoss(of, deletedTopic))
            : () -> {};
  }

  /** What a plain subscription has not settled goes with it. */
  private static Optional<ActiveMqHandOuts.Log> log(
      Setting setting, ConsumerInfo info, Source source) {
    if (info.getDestination().isQueue()) {
      return Optional.of(setting.handOuts.of(info.getDestination().getPhysicalName()));
    }
    return ActiveMqShare.of(source, setting.names)
        .map(share -> setting.handOuts.of(share.clientId()));
  }

  /**
   * What a consumer belongs to.
   *
   * @param wire its connection
   * @param names the names of destinations
   * @param mapper decodes messages
   * @param deletions tells when the destination is deleted
   * @param handOuts the records of what applications were handed
   * @param timeout how long closing may take
   */
  record Setting(
      OpenWire wire,
      ActiveMqDestinations names,
      ActiveMqMapper mapper,
      ActiveMqDeletions deletions,
      ActiveMqHandOuts handOuts,
      Duration timeout) {

    /** The same on another connection. */
    Setting on(OpenWire other) {
      return new Setting(other, names, mapper, deletions, handOuts, timeout);
    }
  }

  /** Opens it; the subscription is live when this returns. */
  void open() {
    try {
      wire.addConsumer("No consumer of " + names.describe(info.getDestination()), info, this);
    } catch (Throwable e) {
      endWatches();
      throw e;
    }
  }

  private void endWatches() {
    watch.end();
    endOfPatternWatch.run();
  }

  /** The broker would keep the consumer, for a destination of that name that may come one day. */
  private void destinationDeleted() {
    if (!closed) {
      deleted = true;
      close(Duration.ZERO); // the thread that reads a commit's answer must not wait for it
      sink.broken(ActiveMqErrors.deleted(names.describe(info.getDestination())));
    }
  }

  /**
   * A topic that the pattern matches was deleted, which this library refuses where it can see that.
   * What the broker holds for the subscription is tied to the topic as it was.
   */
  private void warnOfLoss(Source.OfPattern of, ActiveMQDestination deletedTopic) {
    names
        .toPortable(deletedTopic)
        .filter(portable -> portable instanceof Topic topic && of.pattern().matches(topic))
        .ifPresent(
            topic ->
                LOG.warn(
                    "{} was deleted: of a new topic by that name the broker stores nothing for the subscription '{}' to '{}'; unsubscribe it, and subscribe anew",
                    topic.describe(),
                    of.terms().name().orElseThrow(),
                    of.pattern().expression()));
  }

  /** Whether it ended because what it consumed was deleted. */
  boolean isOfDeleted() {
    return deleted;
  }

  /** The connection that the deliveries must be settled on. */
  OpenWire wire() {
    return wire;
  }

  /** The commits under way that accept deliveries of this consumer. */
  ActiveMqCommits commits() {
    return commits;
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    if (dispatch.getMessage() == null) {
      return; // the end of a browse or of a pull, neither of which is asked for here
    }
    Optional<Destination> destination = destination(dispatch);
    if (destination.isPresent()) {
      deliver(new ActiveMqDelivery(dispatch, destination.get(), mapper, log));
    } else {
      leaveOut(dispatch);
    }
  }

  private void deliver(ActiveMqDelivery delivery) {
    delivering.lock();
    try {
      if (closed) {
        return;
      }
      synchronized (listLock) {
        unsettled.add(delivery);
      }
      sink.deliver(List.of(delivery));
    } finally {
      delivering.unlock();
    }
    if (sinceAcknowledgement.incrementAndGet() % NUDGE_AFTER == 0) {
      nudge();
    }
  }

  /** Sets the prefetch to what it is, which makes the broker look at the queue again. */
  private void nudge() {
    extend(0);
  }

  @Override
  public void park(InboundDelivery delivery) {
    extend(1);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    extend(-1);
  }

  /** The broker dispatches as many more as are parked. Commands go in the order of the counts. */
  private void extend(int by) {
    synchronized (listLock) {
      parked += by;
      ConsumerControl control = new ConsumerControl();
      control.setConsumerId(info.getConsumerId());
      control.setDestination(info.getDestination());
      control.setPrefetch(info.getPrefetchSize() + parked);
      if (!closed) {
        wire.sendIfLive("The consumer could not ask for more", control);
      }
    }
  }

  /** Where it was sent to; empty when the pattern does not mean that topic. */
  private Optional<Destination> destination(MessageDispatch dispatch) {
    if (source instanceof Source.OfPattern of) {
      return names
          .toPortable(sentTo(dispatch))
          .filter(sentTo -> sentTo instanceof Topic topic && of.pattern().matches(topic));
    }
    Destination own =
        source instanceof Source.OfQueue of ? of.queue() : ((Source.OfTopic) source).topic();
    return Optional.of(
        dispatch.getDestination().equals(info.getDestination())
            ? own
            : names.toPortable(dispatch.getDestination()).orElse(own));
  }

  /** Of what a shared subscription collected, the topic; its messages come from a queue. */
  private static ActiveMQDestination sentTo(MessageDispatch dispatch) {
    ActiveMQDestination original = dispatch.getMessage().getOriginalDestination();
    return dispatch.getDestination().isTopic() || original == null
        ? dispatch.getDestination()
        : original;
  }

  /** It takes no place among the unsettled ones, nor in the prefetch. */
  private void leaveOut(MessageDispatch dispatch) {
    MessageAck ack = new MessageAck(dispatch, MessageAck.INDIVIDUAL_ACK_TYPE, 1);
    ack.setFirstMessageId(ack.getLastMessageId());
    try {
      wire.send("A message of another topic could not be left out", ack);
    } catch (MessagingException e) {
      LOG.debug("The connection broke; what comes next comes on another", e);
    }
  }

  @Override
  public boolean releasesNatively() {
    return false;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    if (outcome != Outcome.ACCEPT) {
      throw new IllegalArgumentException("OpenWire takes no single message back");
    }
    settling.lock();
    try {
      if (!closed) {
        sinceAcknowledgement.set(0);
        for (MessageAck ack : taken(deliveries)) {
          wire.send("The delivery could not be accepted", ack);
        }
      }
    } catch (MessagingException e) {
      LOG.debug("What was not accepted before the connection broke comes again", e);
    } finally {
      settling.unlock();
    }
  }

  private List<MessageAck> taken(List<? extends InboundDelivery> deliveries) {
    synchronized (listLock) {
      List<MessageAck> acks = acknowledgements(deliveries);
      forget(deliveries);
      return acks;
    }
  }

  /** The commands that accept these deliveries, which stay unsettled. */
  List<MessageAck> acknowledgements(List<? extends InboundDelivery> deliveries) {
    synchronized (listLock) {
      return unsettled.runs(deliveries).stream().map(this::acknowledgement).toList();
    }
  }

  /** These deliveries have been settled. */
  void forget(List<? extends InboundDelivery> deliveries) {
    synchronized (listLock) {
      unsettled.remove(deliveries);
    }
  }

  /**
   * One is acknowledged by itself, a row of neighbours as a range. Both ends are named also for
   * one: for a topic the broker takes a missing first end for "all before it too".
   */
  private MessageAck acknowledgement(UnsettledDeliveries.Run run) {
    MessageAck ack = new MessageAck();
    ack.setAckType(
        run.count() == 1 ? MessageAck.INDIVIDUAL_ACK_TYPE : MessageAck.STANDARD_ACK_TYPE);
    ack.setConsumerId(info.getConsumerId());
    ack.setDestination(info.getDestination());
    ack.setFirstMessageId(run.first().messageId());
    ack.setLastMessageId(run.last().messageId());
    ack.setMessageCount(run.count());
    return ack;
  }

  @Override
  public void close() {
    close(wire.onOwnThread() ? Duration.ZERO : timeout);
  }

  /** Its connection is lost: waits for no commit, which may be what has noticed the loss. */
  void lost() {
    close(Duration.ZERO);
  }

  /** All waits together take no longer than the time-out. */
  private void close(Duration forCommits) {
    long deadline = System.nanoTime() + timeout.toNanos();
    commits.close(forCommits);
    if (!end(deadline)) {
      return;
    }
    endWatches();
    wire.detach(info.getConsumerId());
    try {
      if (wire.isLive()) {
        remove(until(deadline));
      }
    } catch (MessagingException e) {
      LOG.debug("The consumer of {} goes with its connection", info.getDestination(), e);
    } finally {
      try {
        afterClose.accept(this);
      } finally {
        ended.countDown();
      }
    }
  }

  /** Waits until it is closed with all that belongs to it, whoever closes it. */
  boolean awaitEnd(Duration limit) {
    return Waits.uninterrupted(limit, nanos -> ended.await(nanos, TimeUnit.NANOSECONDS));
  }

  /** After this neither a delivery nor a settlement begins. */
  private boolean end(long deadline) {
    boolean noDelivery = lock(delivering, until(deadline));
    boolean noSettlement = lock(settling, until(deadline));
    try {
      boolean first = !closed;
      closed = true;
      return first;
    } finally {
      if (noSettlement) {
        settling.unlock();
      }
      if (noDelivery) {
        delivering.unlock();
      }
    }
  }

  private static boolean lock(ReentrantLock lock, Duration limit) {
    return Waits.uninterrupted(limit, nanos -> lock.tryLock(nanos, TimeUnit.NANOSECONDS));
  }

  private static Duration until(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /**
   * Tells the broker up to where messages have been delivered, so that it counts those and not the
   * ones that were still on their way. It looks for that message among the unsettled ones, and
   * counts none at all when it was accepted meanwhile: so it must be the last one that is still
   * unsettled.
   */
  private void remove(Duration limit) {
    RemoveInfo command = info.createRemoveCommand();
    long delivered;
    synchronized (listLock) {
      unsettled.giveBack();
      delivered =
          unsettled
              .lastHandedOut()
              .map(delivery -> delivery.messageId().getBrokerSequenceId())
              .orElse((long) RemoveInfo.LAST_DELIVERED_UNSET);
    }
    command.setLastDeliveredSequenceId(delivered);
    if (wire.onOwnThread()) {
      wire.send("The consumer could not be closed", command);
    } else {
      wire.finish("The consumer could not be closed", command, limit);
    }
  }
}
