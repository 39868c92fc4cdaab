package io.anymq.core;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A delivery from queue 'q', as a test says. */
class FakeDelivery implements InboundDelivery {

  final Message message;
  final AtomicInteger handedOut = new AtomicInteger();
  Destination destination = Queue.of("q");
  int count = 1;
  int earlier;
  boolean redelivered;
  @Nullable MessagingException unknown;
  @Nullable InvalidMessageException undecodable;
  @Nullable String position;

  FakeDelivery(Message message) {
    this.message = message;
  }

  /** A message whose id is its text. */
  static FakeDelivery of(String text) {
    return new FakeDelivery(Message.text(text).toBuilder().id(text).build());
  }

  static FakeDelivery keyed(String text, String key) {
    return new FakeDelivery(Message.text(text).toBuilder().id(text).key(key).build());
  }

  /** The same with a count, all of which an application had. */
  FakeDelivery count(int deliveries) {
    count = deliveries;
    earlier = deliveries - 1;
    redelivered = deliveries > 1;
    return this;
  }

  @Override
  public Message message() {
    return message;
  }

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public boolean redelivered() {
    return redelivered;
  }

  @Override
  public int deliveryCount() {
    return count;
  }

  @Override
  public void handedOut() {
    handedOut.incrementAndGet();
  }

  @Override
  public int earlierHandOuts() {
    if (unknown != null) {
      throw unknown;
    }
    return earlier;
  }

  @Override
  public Optional<String> position() {
    return Optional.ofNullable(position);
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return Optional.ofNullable(undecodable);
  }
}
