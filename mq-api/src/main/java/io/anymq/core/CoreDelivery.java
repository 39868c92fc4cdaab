package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.DeadLetter.Reason;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A delivery as the application holds it, and the one place that says it is settled once. */
final class CoreDelivery implements Delivery {

  /** A century: as good as for ever, and timers can still count it. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Duration FAULT_PAUSE = Duration.ofSeconds(1);

  private final CoreConsumer consumer;
  private final Attachment attachment;
  private final InboundDelivery inbound;
  private final long arrival;
  private final int unknownToBackend;
  private final boolean seenHere;
  private volatile boolean handedOut;
  private final AtomicReference<@Nullable Settlement> settlement = new AtomicReference<>();

  /**
   * One that has come from the backend.
   *
   * @param arrival its number among all that came to its consumer
   * @param unknownToBackend how many earlier deliveries the core knows of and the backend does not:
   *     those it made again by itself, and one before a crash of the broker
   */
  CoreDelivery(
      CoreConsumer consumer,
      Attachment attachment,
      InboundDelivery inbound,
      long arrival,
      int unknownToBackend) {
    this.seenHere = false;
    this.consumer = consumer;
    this.attachment = attachment;
    this.inbound = inbound;
    this.arrival = arrival;
    this.unknownToBackend = unknownToBackend;
  }

  /** What the application had already, and gets again here. */
  private CoreDelivery(CoreDelivery before) {
    seenHere = true;
    consumer = before.consumer;
    attachment = before.attachment;
    inbound = before.inbound;
    arrival = before.arrival;
    unknownToBackend = before.unknownToBackend + 1;
  }

  /** Its place among all that came to its consumer, which it keeps when it comes again here. */
  long arrival() {
    return arrival;
  }

  @Override
  public Message message() {
    return inbound.message();
  }

  @Override
  public Destination destination() {
    return inbound.destination();
  }

  @Override
  public boolean redelivered() {
    return inbound.redelivered() || unknownToBackend > 0;
  }

  @Override
  public int deliveryCount() {
    return inbound.deliveryCount() + unknownToBackend;
  }

  @Override
  public Optional<String> position() {
    return inbound.position();
  }

  /** How it was settled; null: not yet. */
  @Nullable Settlement settlement() {
    return settlement.get();
  }

  /** Holds how it was settled, and null until then. */
  AtomicReference<@Nullable Settlement> settlementHolder() {
    return settlement;
  }

  @Override
  public boolean settled() {
    return settlement.get() != null;
  }

  @Override
  public void accept() {
    if (settle(Settlement.ACCEPTED)) {
      attachment.accept(inbound);
    }
  }

  /** The mode is automatic: accepts; false when its consumer has closed or lost its link. */
  boolean acceptAtHandOut() {
    return settlement.compareAndSet(null, Settlement.ACCEPTED) && attachment.accept(inbound);
  }

  /** A unit of work is committed: accepts, at once; false when it comes again all the same. */
  boolean acceptAtCommit() {
    return settlement.compareAndSet(null, Settlement.ACCEPTED) && attachment.acceptNow(inbound);
  }

  /** The listener has returned: accepts, unless it was settled already. */
  void acceptUnlessSettled() {
    if (settlement.compareAndSet(null, Settlement.ACCEPTED)) {
      attachment.accept(inbound);
    }
  }

  @Override
  public void release() {
    release((String) null);
  }

  private void release(@Nullable String error) {
    if (settle(Settlement.RELEASED)) {
      giveBack(ownDelay(), error);
    }
  }

  /**
   * The listener has thrown: releases, unless it was settled already. The last failure is kept with
   * the dead letter.
   */
  void releaseUnlessSettled(String error) {
    if (settlement.compareAndSet(null, Settlement.RELEASED)) {
      giveBack(ownDelay(), error);
    }
  }

  private Duration ownDelay() {
    return consumer.redeliveryDelay().after(deliveryCount());
  }

  @Override
  public void release(Duration delay) {
    Duration asked = requireDelay(delay);
    if (settle(Settlement.RELEASED)) {
      giveBack(asked, null);
    }
  }

  static Duration requireDelay(Duration delay) {
    requireNonNull(delay, "delay must not be null");
    if (delay.isNegative()) {
      throw new InvalidOptionException(
          "A redelivery delay is zero or more, not " + Texts.of(delay));
    }
    return delay;
  }

  /** What the application has decided is done on an interrupted thread, too. */
  private void giveBack(Duration asked, @Nullable String error) {
    Interrupts.deferred(() -> giveBackNow(asked, error));
  }

  private void giveBackNow(Duration asked, @Nullable String error) {
    Duration delay = asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    consumer.released(this);
    if (consumer.limit().isReachedBy(this)) {
      consumer.deadLetters().bury(this, Reason.DELIVERY_LIMIT, error);
    } else {
      rememberTimes();
      attachment.release(inbound, delay, this::deliverAgain);
    }
  }

  /** A backend that takes it back now does not know how often it came again here. */
  void rememberTimes() {
    if (unknownToBackend > 0 && attachment.mayTakeBack()) {
      consumer.givesBack(this);
    }
  }

  /** The backend is given it while its dead-letter queue refuses, even where releases stay here. */
  void rememberTimesAside() {
    if (unknownToBackend > 0 && attachment.putsAside()) {
      consumer.givesBack(this);
    }
  }

  /** It is in its dead-letter queue. Its count is kept until the backend knows that, too. */
  void buried() {
    attachment.unpark(inbound);
    if (attachment.acceptNow(inbound)) {
      consumer.buried(this);
    }
  }

  private void deliverAgain() {
    consumer.deliverAgain(new CoreDelivery(this));
  }

  @Override
  public void reject(String reason) {
    requireNonNull(reason, "reason must not be null");
    if (settle(Settlement.REJECTED)) {
      consumer.deadLetters().bury(this, Reason.REJECTED, reason);
    }
  }

  /**
   * Something failed before or behind the application, which has not settled it: it comes again,
   * after a while, and nobody counts that.
   */
  void returnAfterFault() {
    if (settlement.compareAndSet(null, Settlement.RELEASED)) {
      attachment.release(inbound, FAULT_PAUSE, this::deliverAgain);
    }
  }

  /** The commit that it was part of has accepted it. */
  void committed() {
    if (settlement.compareAndSet(null, Settlement.ACCEPTED)) {
      consumer.buffer().done(inbound);
    }
  }

  /**
   * Marks it settled; true for the first call, false for one that says the same again.
   *
   * @throws MessagingException with {@link ErrorCode#ILLEGAL_USE} when it was settled otherwise
   */
  boolean settle(Settlement how) {
    Settlement before = settlement.compareAndExchange(null, how);
    if (before != null && before != how) {
      throw settledOtherwise(before, how);
    }
    return before == null;
  }

  MessagingException settledOtherwise(Settlement before, Settlement how) {
    String advice =
        consumer.acceptsAsItHandsOut()
            ? "; this consumer accepts automatically as receive returns: with AcknowledgementMode.MANUAL the program settles"
            : "";
    return new MessagingException(
        ErrorCode.ILLEGAL_USE,
        "This delivery of %s was %s already and cannot be %s%s"
            .formatted(destination().describe(), before, how, advice));
  }

  /** Tells the backend that the application gets it, once for what may be delivered again here. */
  void handOut() {
    handedOut = true;
    if (!seenHere) {
      inbound.handedOut();
    }
  }

  /** How many earlier deliveries the core knows of, and the backend does not. */
  int unknownToBackend() {
    return unknownToBackend;
  }

  /** How often an application had the message before this delivery, as the backend knows. */
  int earlierHandOuts() {
    return inbound.earlierHandOuts() + unknownToBackend;
  }

  /**
   * The same as this consumer knows: it counts what it gave back, and what it had when a link was
   * lost. A message that was sent again with the same id begins anew: it had no more deliveries
   * than the backend has counted.
   */
  int earlierHandOutsHere() {
    int here = consumer.timesHere(inbound) - (handedOut ? 1 : 0);
    return Math.max(0, Math.min(here, deliveryCount() - 1));
  }

  InboundDelivery inbound() {
    return inbound;
  }

  /** As the adapter gave it. */
  InboundDelivery unwrapped() {
    return BandedDelivery.unwrapped(inbound);
  }

  Attachment attachment() {
    return attachment;
  }

  @Override
  public String toString() {
    return "delivery %d of message %s from %s"
        .formatted(
            deliveryCount(), message().id().orElse("without an id"), destination().describe());
  }
}
