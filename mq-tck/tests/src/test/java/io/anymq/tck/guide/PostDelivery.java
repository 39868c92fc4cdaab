package io.anymq.tck.guide;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;

/** A leased letter as the core sees it. */
record PostDelivery(
    Lease lease,
    Destination destination,
    Message message,
    Optional<InvalidMessageException> undecodable)
    implements InboundDelivery {

  static PostDelivery of(Lease lease, Destination destination) {
    PostMapper.Read read = PostMapper.toMessage(lease.letter());
    return new PostDelivery(lease, destination, read.message(), read.fault());
  }

  @Override
  public boolean redelivered() {
    return lease.count() > 1;
  }

  @Override
  public int deliveryCount() {
    return lease.count();
  }
}
