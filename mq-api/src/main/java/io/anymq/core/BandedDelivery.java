package io.anymq.core;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A delivery from one of the queues behind a prioritized one.
 *
 * @param inner as it came
 * @param queue the prioritized queue
 * @param band the number of the queue that it came from
 * @param consumer tells the consumer that it came to, once that is open
 */
record BandedDelivery(InboundDelivery inner, Queue queue, int band, Supplier<LinkConsumer> consumer)
    implements InboundDelivery {

  /** The deliveries as they came, by the consumers that they came to. */
  static Map<LinkConsumer, List<InboundDelivery>> byConsumer(
      List<? extends InboundDelivery> deliveries) {
    Map<LinkConsumer, List<InboundDelivery>> byConsumer = new LinkedHashMap<>();
    for (InboundDelivery each : deliveries) {
      BandedDelivery delivery = (BandedDelivery) each;
      byConsumer
          .computeIfAbsent(delivery.consumer().get(), consumer -> new ArrayList<>())
          .add(delivery.inner());
    }
    return byConsumer;
  }

  /** The adapter's own delivery. */
  static InboundDelivery unwrapped(InboundDelivery delivery) {
    return delivery instanceof BandedDelivery banded ? banded.inner() : delivery;
  }

  @Override
  public Message message() {
    return inner.message();
  }

  @Override
  public Destination destination() {
    return queue;
  }

  @Override
  public boolean redelivered() {
    return inner.redelivered();
  }

  @Override
  public int deliveryCount() {
    return inner.deliveryCount();
  }

  @Override
  public void handedOut() {
    inner.handedOut();
  }

  @Override
  public int earlierHandOuts() {
    return inner.earlierHandOuts();
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return inner.undecodable();
  }
}
