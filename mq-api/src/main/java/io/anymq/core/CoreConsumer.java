package io.anymq.core;

import io.anymq.AcknowledgementMode;
import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.ConnectionOptions;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.MessageListener;
import io.anymq.MessagingException;
import io.anymq.MissingDestination;
import io.anymq.RedeliveryDelay;
import io.anymq.Support;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer of a queue or a subscription, over the link's consumer of the moment. */
class CoreConsumer implements Consumer, Child {

  private static final Logger LOG = LoggerFactory.getLogger(CoreConsumer.class);

  private final CoreConnection connection;
  private final Source source;
  private final ConsumerOptions options;
  private final int prefetch;

  private final @Nullable Listeners listeners;
  private final DeadLetters deadLetters;
  private final DeliveryBuffer buffer;

  /** Whether the core keeps the order of keys, on a link that gives a source to one at a time. */
  private final boolean gated;

  private final HandedOut handedOut;
  private final ReplayProgress progress;
  private final RedeliveryLimit limit;
  private final Screening screening;
  private final AcknowledgementMode acknowledgement;

  /** What the core selects by; empty when there is nothing, or when the backend selects. */
  private final Optional<String> selectorHere;

  private final ReentrantLock attachLock = new ReentrantLock();
  private final AtomicReference<@Nullable Attachment> attached = new AtomicReference<>();
  private final AtomicLong arrivals = new AtomicLong();
  private final RepeatedWarning breaks = new RepeatedWarning(LOG);
  private final Relapses relapses;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean finishing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable MessagingException failure;

  CoreConsumer(
      CoreConnection connection,
      Source source,
      ConsumerOptions options,
      @Nullable MessageListener listener) {
    this.connection = connection;
    this.relapses = new Relapses(connection.options());
    this.source = source;
    this.options = options;
    this.prefetch =
        options.prefetch().orElseGet(() -> connection.options().get(ConnectionOptions.PREFETCH));
    this.gated = options.keyOrdered() && isEmulated(Capability.KEY_ORDERING);
    this.buffer = new DeliveryBuffer(gated ? new KeyGate(prefetch) : null);
    this.handedOut = new HandedOut(prefetch);
    this.progress = new ReplayProgress(source);
    this.deadLetters = new DeadLetters(connection, source, options.deadLetterQueue());
    this.selectorHere = selectsHere() ? options.selector() : Optional.empty();
    this.limit = new RedeliveryLimit(options.maxDeliveries());
    this.screening = new Screening(limit, selectorHere, deadLetters);
    this.acknowledgement = options.acknowledgement().orElse(defaultMode(listener));
    this.listeners =
        listener == null
            ? null
            : new Listeners(this, listener, acknowledgement, options.concurrency());
    if (listener == null && options.concurrency() > 1) {
      throw new InvalidOptionException(
          "A concurrency of "
              + options.concurrency()
              + " needs a listener; for receive, let several threads call it");
    }
  }

  /** A pull consumer's program has only begun its work when receive returns. */
  private static AcknowledgementMode defaultMode(@Nullable MessageListener listener) {
    return listener == null ? AcknowledgementMode.MANUAL : AcknowledgementMode.AUTOMATIC;
  }

  private boolean selectsHere() {
    return !(source instanceof Source.OfQueue) && isEmulated(Capability.TOPIC_SELECTORS);
  }

  private boolean isEmulated(Capability capability) {
    return connection.capabilities().support().get(capability) == Support.EMULATED;
  }

  CoreConnection connection() {
    return connection;
  }

  Source source() {
    return source;
  }

  DeliveryBuffer buffer() {
    return buffer;
  }

  DeadLetters deadLetters() {
    return deadLetters;
  }

  RedeliveryLimit limit() {
    return limit;
  }

  /** Whether a delivery is settled before the program that receives it has seen it. */
  boolean acceptsAsItHandsOut() {
    return listeners == null && acknowledgement == AcknowledgementMode.AUTOMATIC;
  }

  RedeliveryDelay redeliveryDelay() {
    return options.redeliveryDelay();
  }

  // --- on a link

  @Override
  public void attach(Link link, long epoch) {
    Waits.lock(attachLock);
    try {
      Attachment now = attached.get();
      if (closing.get() || (now != null && now.epoch() >= epoch && !now.ended())) {
        return;
      }
      if (now != null) {
        leave(now);
      }
      connection.destinations().ensure(link, source, options.missingDestination());
      open(link, attachment(epoch));
    } finally {
      attachLock.unlock();
    }
  }

  private Attachment attachment(long epoch) {
    return new Attachment(connection.threads(), epoch, gathering(), buffer, gated);
  }

  private void open(Link link, Attachment attachment) {
    boolean alone = options.concurrency() == 1 && !gated;
    boolean inline = alone && link.dispatch() == Link.Dispatch.INLINE;
    if (listeners != null && !inline) {
      listeners.startWorkers();
    }
    ConsumerRequest request =
        new ConsumerRequest(
            progress.resumed(),
            gated ? prefetch + KeyGate.WINDOW : prefetch,
            selectorHere.isPresent() ? Optional.empty() : options.selector(),
            options.keyOrdered());
    try {
      attachment.open(link.openConsumer(request, new Sink(attachment, inline)));
      attached.set(attachment);
    } catch (RuntimeException | Error e) {
      notOpened(attachment);
      throw e;
    }
  }

  /** What came before the opening failed comes again; nobody could settle it. */
  private void notOpened(Attachment attachment) {
    LinkConsumer opened = attachment.link();
    leave(attachment);
    if (opened != null) {
      Guard.run(opened::close);
    }
  }

  /**
   * With order by key, the backend's next message of a key waits for the acceptance of the last.
   */
  private int gathering() {
    return options.keyOrdered() && !gated ? 1 : prefetch;
  }

  private final class Sink implements DeliverySink {
    private final Attachment attachment;
    private final boolean inline;

    Sink(Attachment attachment, boolean inline) {
      this.attachment = attachment;
      this.inline = inline;
    }

    @Override
    public void deliver(List<? extends InboundDelivery> deliveries) {
      if (attachment.ended()) {
        return; // it comes again, and what is known of it is for then
      }
      relapses.worked();
      List<CoreDelivery> taken = new ArrayList<>(deliveries.size());
      for (InboundDelivery inbound : deliveries) {
        taken.add(
            new CoreDelivery(
                CoreConsumer.this,
                attachment,
                inbound,
                arrivals.incrementAndGet(),
                unknown(inbound)));
      }
      if (inline && listeners != null) {
        listeners.run(taken);
      } else {
        buffer.add(taken);
      }
    }

    /**
     * How many deliveries of it the core knows of, and the backend does not. A message that cannot
     * be looked at is not the adapter's thread's end.
     */
    private int unknown(InboundDelivery inbound) {
      int[] times = new int[1];
      Guard.run(
          () -> {
            if (handedOut.comesAgain(inbound)) {
              times[0] = handedOut.timesHere(inbound) + (inbound.redelivered() ? 0 : 1);
            }
          },
          e -> LOG.debug("How often a message was handed out is not known", e));
      return times[0];
    }

    @Override
    public void broken(MessagingException cause) {
      if (attachment.ended()) {
        return; // it is opened again already, or closed
      }
      leave(attachment);
      boolean gone = cause instanceof DestinationNotFoundException;
      if (gone && options.missingDestination() == MissingDestination.FAIL) {
        connection.threads().chore(() -> fail(cause));
      } else {
        breaks.warn(
            "The broker ended the consumer of %s, will reopen it: %s"
                .formatted(source.describe(), cause.getMessage()));
        connection.supervisor().reopen(CoreConsumer.this, attachment.epoch(), relapses.pause());
      }
    }
  }

  @Override
  public String describe() {
    return "the consumer of " + source.describe();
  }

  @Override
  public void detach(long epoch) {
    Attachment now = attached.get();
    if (now != null && now.epoch() == epoch) {
      leave(now);
    }
  }

  private void leave(Attachment old) {
    old.end();
    buffer.dropOf(old);
    handedOut.linkLost();
  }

  /** Whether what it has not settled is still there when it closes. */
  boolean outlivesClose() {
    if (source instanceof Source.OfTopic of) {
      return of.terms().durable();
    }
    return !(source instanceof Source.OfPattern of) || of.terms().durable();
  }

  /** Gives back all that it holds, and consumes anew; on the maintenance thread, soon. */
  void reopen() {
    Attachment now = attached.get();
    if (now != null) {
      connection.threads().maintain(now::close);
      connection.supervisor().reopen(this, now.epoch(), Duration.ZERO);
    }
  }

  // --- what the application gets

  /** Whether the application may have a delivery; it counts as handed out then. */
  boolean screen(CoreDelivery delivery) {
    if (delivery.attachment().ended()) {
      return false; // a listener's share of a lost link: it comes again over the next one
    }
    if (!screening.passes(delivery)) {
      return false;
    }
    delivery.handOut();
    delivery.message().id().ifPresent(id -> remember(id, delivery));
    progress.note(delivery.inbound());
    return true;
  }

  private void remember(String id, CoreDelivery delivery) {
    handedOut.add(id, delivery.deliveryCount() == 1, delivery.settlementHolder());
    if (delivery.unknownToBackend() > 0) {
      handedOut.again(id, delivery.unknownToBackend());
    }
  }

  /** The backend may take back what the core has delivered again by itself. */
  void givesBack(CoreDelivery delivery) {
    delivery.message().id().ifPresent(handedOut::givenBack);
  }

  /** How often it has had what it gave back, or had when a link was lost; else 0. */
  int timesHere(InboundDelivery inbound) {
    return inbound.message().id().map(handedOut::times).orElse(0);
  }

  /** From now on the deliveries of this message are counted here, too. */
  void released(CoreDelivery delivery) {
    delivery.message().id().ifPresent(handedOut::released);
  }

  /** Forgets how often it has had a message. */
  void buried(CoreDelivery delivery) {
    delivery.message().id().ifPresent(handedOut::buried);
  }

  /** Delivers again what the backend cannot take back alone. */
  void deliverAgain(CoreDelivery delivery) {
    buffer.addAgain(delivery);
    if (listeners != null) {
      listeners.startWorkers();
    }
  }

  @Override
  public Optional<Delivery> receive(Duration timeout) {
    Deadline deadline = Deadline.in(Waits.requireTimeout(timeout));
    try {
      CoreDelivery next = nextWithin(deadline);
      while (next != null && !handOut(next)) {
        next = nextWithin(deadline);
      }
      return Optional.ofNullable(next);
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    }
  }

  private @Nullable CoreDelivery nextWithin(Deadline deadline) throws InterruptedException {
    while (true) {
      requireReceiving();
      CoreDelivery delivery = buffer.take(deadline);
      requireReceiving();
      if (delivery == null || screenOrReturn(delivery)) {
        return delivery;
      }
      if (deadline.isOver()) {
        return nextBuffered(); // there may be no end to what comes and is not selected
      }
    }
  }

  /** As {@link #screen}; a delivery that cannot be looked at comes again, after a while. */
  private boolean screenOrReturn(CoreDelivery delivery) {
    try {
      return screen(delivery);
    } catch (RuntimeException | Error e) {
      Guard.run(delivery::returnAfterFault);
      throw e;
    }
  }

  @Override
  public Optional<Delivery> receiveNoWait() {
    requireReceiving();
    CoreDelivery next = nextBuffered();
    return next != null && handOut(next) ? Optional.of(next) : Optional.empty();
  }

  @Override
  public List<Delivery> receiveBatch(int max, Duration timeout) {
    Duration patience = Waits.requireTimeout(timeout);
    if (max < 1) {
      throw new InvalidOptionException("max must be 1 or more, not " + max);
    }
    List<Delivery> batch = new ArrayList<>();
    receive(patience).ifPresent(batch::add);
    if (!batch.isEmpty() && max > 1) {
      // What is in the batch already must reach the caller: with automatic acknowledgement it is
      // accepted, and would be lost. What fails comes again, and then its failure is the first.
      Guard.run(
          () -> addBuffered(batch, max),
          e ->
              LOG.error("A batch of {} ends early; what failed comes again", source.describe(), e));
    }
    return batch;
  }

  private void addBuffered(List<Delivery> batch, int max) {
    CoreDelivery next = nextBuffered();
    while (next != null) {
      if (handOut(next)) {
        batch.add(next);
      }
      next = batch.size() < max ? nextBuffered() : null;
    }
  }

  /** Does not throw when the consumer closes: what is in a batch already must reach the caller. */
  private @Nullable CoreDelivery nextBuffered() {
    for (int left = buffer.size(); left > 0; left--) { // what comes meanwhile could have no end
      CoreDelivery delivery = buffer.poll();
      if (delivery == null || screenOrReturn(delivery)) {
        return delivery;
      }
    }
    return null;
  }

  /**
   * False when it comes again, so that it must not be returned as accepted. When the acceptance
   * fails in another way, the backend may have it, and the application must have the message.
   */
  private boolean handOut(CoreDelivery delivery) {
    if (!acceptsAsItHandsOut()) {
      return true;
    }
    boolean[] taken = {true};
    Guard.run(
        () -> taken[0] = delivery.acceptAtHandOut(),
        e -> LOG.error("Accepting {} failed; it may come again", delivery, e));
    return taken[0];
  }

  private void requireReceiving() {
    if (listeners != null) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE,
          "This consumer has a listener; make another consumer without one to call receive");
    }
    MessagingException cause = failure;
    if (cause != null) {
      throw new ClosedException(
          "The consumer of %s has ended: %s".formatted(source.describe(), cause.getMessage()),
          cause);
    }
    if (closing.get()) {
      throw new ClosedException("The consumer of " + source.describe() + " is closed");
    }
  }

  // --- the end

  @Override
  public void fail(MessagingException cause) {
    failure = cause;
    LOG.error("The consumer of {} has ended: {}", source.describe(), cause.getMessage());
    close(Deadline.now());
  }

  @Override
  public void close() {
    close(Deadline.in(connection.closeTimeout()));
  }

  boolean isListenerThread() {
    return listeners != null && listeners.isCurrentThread();
  }

  /** Whether it takes no more, by itself or because it was closed. */
  boolean isClosing() {
    return closing.get();
  }

  /** Hands out nothing more; whoever waits in receive wakes up. */
  void beginClose() {
    closing.set(true);
    buffer.close();
    if (listeners != null) {
      listeners.stop();
    }
  }

  void close(Deadline deadline) {
    beginClose();
    boolean first = finishing.compareAndSet(false, true);
    if (isListenerThread()) {
      // The listener that calls this must return before the rest can be done.
      if (first) {
        connection.threads().closer(() -> finishClose(deadline));
      }
    } else if (first) {
      connection.uninterrupted(() -> finishClose(deadline));
    } else {
      boolean unused = Interrupts.waiting(() -> Waits.until(closed, deadline));
    }
  }

  private void finishClose(Deadline deadline) {
    try {
      Guard.all(
          () -> awaitListeners(deadline),
          () -> deadLetters.awaitIdle(deadline),
          () -> breaks.end("Breaks of " + describe()),
          () -> connection.forget(this),
          this::endAttachment);
    } finally {
      if (listeners != null) {
        listeners.joinWorkers(deadline);
      }
      closed.countDown();
    }
  }

  private void awaitListeners(Deadline deadline) {
    if (listeners != null && !listeners.awaitIdle(deadline)) {
      LOG.warn("Closing the consumer of {} although its listener still runs", source.describe());
    }
  }

  private void endAttachment() {
    Waits.lock(attachLock);
    try {
      Attachment last = attached.get();
      if (last != null) {
        last.close();
      }
    } finally {
      attachLock.unlock();
    }
  }
}
