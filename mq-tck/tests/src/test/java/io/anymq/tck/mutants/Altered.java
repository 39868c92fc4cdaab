package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;

/** A delivery that a mutant has tampered with. */
record Altered(
    InboundDelivery original,
    Message message,
    Destination destination,
    boolean redelivered,
    int deliveryCount,
    Optional<String> position,
    Optional<InvalidMessageException> undecodable)
    implements InboundDelivery {

  @Override
  public void handedOut() {
    original.handedOut();
  }

  @Override
  public int earlierHandOuts() {
    boolean counted = deliveryCount != original.deliveryCount();
    return counted ? deliveryCount - 1 : original.earlierHandOuts();
  }

  static Altered message(InboundDelivery original, Message message) {
    return new Altered(
        original,
        message,
        original.destination(),
        original.redelivered(),
        original.deliveryCount(),
        original.position(),
        original.undecodable());
  }

  static Altered count(InboundDelivery original, boolean redelivered, int count) {
    return new Altered(
        original,
        original.message(),
        original.destination(),
        redelivered,
        count,
        original.position(),
        original.undecodable());
  }

  /** Another message, which has been delivered once before. */
  static Altered again(InboundDelivery original, Message message) {
    return new Altered(
        original,
        message,
        original.destination(),
        true,
        2,
        original.position(),
        original.undecodable());
  }

  static Altered destination(InboundDelivery original, Destination destination) {
    return new Altered(
        original,
        original.message(),
        destination,
        original.redelivered(),
        original.deliveryCount(),
        original.position(),
        original.undecodable());
  }

  static Altered position(InboundDelivery original, Optional<String> position) {
    return new Altered(
        original,
        original.message(),
        original.destination(),
        original.redelivered(),
        original.deliveryCount(),
        position,
        original.undecodable());
  }

  static InboundDelivery unwrap(InboundDelivery delivery) {
    if (delivery instanceof UnseenMutations.Counted counted) {
      return counted.original();
    }
    return delivery instanceof Altered altered ? altered.original() : delivery;
  }
}
