package io.anymq.core;

import io.anymq.DeadLetter.Reason;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A delivery as the application holds it, and the one place that says it is settled once. */
final class CoreDelivery implements Delivery {

  /** A century: as good as for ever, and timers can still count it. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final CoreConsumer consumer;
  private final Attachment attachment;
  private final InboundDelivery inbound;
  private final int unknownToBackend;
  private final AtomicBoolean settled = new AtomicBoolean();

  /**
   * Makes a delivery.
   *
   * @param unknownToBackend how many earlier deliveries the core knows of and the backend does not:
   *     those it made again by itself, and one before a crash of the broker
   */
  CoreDelivery(
      CoreConsumer consumer, Attachment attachment, InboundDelivery inbound, int unknownToBackend) {
    this.consumer = consumer;
    this.attachment = attachment;
    this.inbound = inbound;
    this.unknownToBackend = unknownToBackend;
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

  @Override
  public boolean settled() {
    return settled.get();
  }

  @Override
  public void accept() {
    if (settle()) {
      attachment.accept(inbound);
    }
  }

  @Override
  public void release() {
    release((String) null);
  }

  /** Releases after a failure of the application; the last one is kept with a dead letter. */
  void release(@Nullable String error) {
    release(consumer.redeliveryDelay().after(deliveryCount()), error);
  }

  @Override
  public void release(Duration delay) {
    release(requireDelay(delay), null);
  }

  static Duration requireDelay(Duration delay) {
    if (delay.isNegative()) {
      throw new InvalidOptionException("A redelivery delay is zero or more, not " + delay);
    }
    return delay;
  }

  private void release(Duration asked, @Nullable String error) {
    Duration delay = asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    if (!settle()) {
      return;
    }
    if (deliveryCount() >= consumer.maxDeliveries()) {
      consumer.deadLetters().bury(this, Reason.DELIVERY_LIMIT, error);
    } else {
      attachment.release(inbound, delay, this::deliverAgain);
    }
  }

  private void deliverAgain() {
    consumer.deliverAgain(new CoreDelivery(consumer, attachment, inbound, unknownToBackend + 1));
  }

  @Override
  public void reject(String reason) {
    if (settle()) {
      consumer.deadLetters().bury(this, Reason.REJECTED, reason);
    }
  }

  /** The commit that it was part of has accepted it. */
  void committed() {
    if (settle()) {
      consumer.buffer().done(inbound);
    }
  }

  /** Marks it settled; true for the one who did. */
  boolean settle() {
    return settled.compareAndSet(false, true);
  }

  InboundDelivery inbound() {
    return inbound;
  }

  Attachment attachment() {
    return attachment;
  }

  @Override
  public String toString() {
    return "Delivery[%s from %s, delivery %d]".formatted(message(), destination(), deliveryCount());
  }
}
