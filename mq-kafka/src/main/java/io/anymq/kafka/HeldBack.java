package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A sink that holds back what a consumer receives until it is certain that this consumer stays.
 * Safe for use by several threads.
 */
final class HeldBack implements DeliverySink {

  private enum Phase {
    HOLDING,
    OPENING,
    OPEN,
    DROPPED
  }

  private final DeliverySink sink;

  // Guarded by this:
  private final List<InboundDelivery> held = new ArrayList<>();
  private Phase phase = Phase.HOLDING;
  private @Nullable MessagingException failure;

  HeldBack(DeliverySink sink) {
    this.sink = sink;
  }

  @Override
  public void deliver(List<? extends InboundDelivery> deliveries) {
    if (!isHeld(deliveries)) {
      sink.deliver(deliveries);
    }
  }

  private synchronized boolean isHeld(List<? extends InboundDelivery> deliveries) {
    if (phase == Phase.HOLDING || phase == Phase.OPENING) {
      held.addAll(deliveries);
    }
    return phase != Phase.OPEN;
  }

  /** The core does not know the consumer before it stays: then its opening fails. */
  @Override
  public void broken(MessagingException cause) {
    if (!isHeld(cause)) {
      sink.broken(cause);
    }
  }

  private synchronized boolean isHeld(MessagingException cause) {
    if (phase == Phase.HOLDING) {
      failure = cause;
    }
    return phase == Phase.HOLDING || phase == Phase.DROPPED;
  }

  /** Throws what the consumer has broken with. */
  private synchronized void requireUnbroken() {
    MessagingException cause = failure;
    if (cause != null) {
      throw cause;
    }
  }

  /**
   * Opens where the consumer stays; otherwise the consumer is closed, and another one takes its
   * place. So it is when that cannot be found out, or the consumer has broken: nobody else has it
   * yet.
   *
   * @param stays whether the consumer stays
   * @return what that said
   */
  boolean openIf(BooleanSupplier stays, LinkConsumer consumer) {
    try {
      if (stays.getAsBoolean()) {
        open();
        return true;
      }
      requireUnbroken();
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
    drop();
    consumer.close();
    return false;
  }

  /**
   * The consumer stays. Throws when it has broken. What was held goes on before anything else, and
   * without a lock, for the core may settle it at once.
   */
  private void open() {
    begin();
    for (List<InboundDelivery> next = take(); !next.isEmpty(); next = take()) {
      sink.deliver(next);
    }
  }

  private synchronized void begin() {
    requireUnbroken();
    phase = Phase.OPENING;
  }

  private synchronized List<InboundDelivery> take() {
    List<InboundDelivery> next = List.copyOf(held);
    held.clear();
    if (next.isEmpty() && phase == Phase.OPENING) {
      phase = Phase.OPEN;
    }
    return next;
  }

  /** The consumer is closed, and returns what it has received; another one takes its place. */
  private synchronized void drop() {
    phase = Phase.DROPPED;
    held.clear();
  }

  synchronized boolean isDropped() {
    return phase == Phase.DROPPED;
  }
}
