package io.anymq.tck.reference;

import io.anymq.RolledBackException;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Outcome;
import java.util.List;

/** A link whose commits are one step: all of it happens under one hold of the broker's lock. */
final class AtomicMemoryLink extends MemoryLink implements AtomicCommit {

  AtomicMemoryLink(MemoryBroker broker, LinkRequest request, String route) {
    super(broker, request, route);
  }

  @Override
  public void commit(List<Send> sends, List<Accept> accepts) {
    lockedAlive(
        () -> {
          accepts.forEach(AtomicMemoryLink::requireHeld);
          sends.forEach(send -> broker.store().requireRoom(actual.of(send.destination())));
          for (Send send : sends) {
            broker
                .store()
                .publish(actual.of(send.destination()), MemoryMapper.encode(send.message()));
          }
          accepts.forEach(each -> each.consumer().settle(Outcome.ACCEPT, each.deliveries()));
          return true;
        });
  }

  private static void requireHeld(Accept accept) {
    MemoryConsumer consumer = (MemoryConsumer) accept.consumer();
    if (!consumer.holds(accept.deliveries())) {
      throw new RolledBackException(
          "A delivery of this unit went back when its consumer closed; do the unit again");
    }
  }
}
