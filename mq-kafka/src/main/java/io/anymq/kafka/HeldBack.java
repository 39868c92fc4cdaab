package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import java.util.ArrayList;
import java.util.List;

/**
 * A sink that holds back what a consumer receives until it is certain that this consumer stays.
 * Safe for use by several threads.
 */
final class HeldBack implements DeliverySink {

  private enum Phase {
    HOLDING,
    OPEN,
    DROPPED
  }

  private final DeliverySink sink;

  // Guarded by this:
  private final List<InboundDelivery> held = new ArrayList<>();
  private Phase phase = Phase.HOLDING;

  HeldBack(DeliverySink sink) {
    this.sink = sink;
  }

  @Override
  public synchronized void deliver(List<? extends InboundDelivery> deliveries) {
    if (phase == Phase.OPEN) {
      sink.deliver(deliveries);
    } else if (phase == Phase.HOLDING) {
      held.addAll(deliveries);
    }
  }

  @Override
  public void broken(MessagingException cause) {
    if (!isDropped()) {
      sink.broken(cause);
    }
  }

  /** The consumer stays. */
  synchronized void open() {
    phase = Phase.OPEN;
    if (!held.isEmpty()) {
      sink.deliver(List.copyOf(held));
      held.clear();
    }
  }

  /** The consumer is closed, and returns what it has received; another one takes its place. */
  synchronized void drop() {
    phase = Phase.DROPPED;
    held.clear();
  }

  synchronized boolean isDropped() {
    return phase == Phase.DROPPED;
  }
}
