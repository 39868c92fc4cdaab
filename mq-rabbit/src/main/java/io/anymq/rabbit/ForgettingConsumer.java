package io.anymq.rabbit;

import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * A consumer of what nobody else gets when it goes: a plain subscription. The broker is told at
 * once that a parked message is accepted, and sends one more for it; nothing is lost that would not
 * be lost anyway.
 *
 * <p>When parking ends, the message has no place at the broker. It takes that of the next one that
 * is accepted, whose acceptance is told when the other is settled. So the prefetch is kept.
 */
final class ForgettingConsumer extends RabbitConsumer implements Parking {

  // Guarded by the lock under which settlements are written.
  private final Set<InboundDelivery> parked = newSet();

  /** What was parked, and is not settled yet. */
  private final Set<InboundDelivery> placeless = newSet();

  /** Accepted ones whose places these have; never more than these. */
  private final Queue<InboundDelivery> keptPlaces = new ArrayDeque<>();

  ForgettingConsumer(Setup setup) {
    super(setup);
  }

  private static Set<InboundDelivery> newSet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  @Override
  public void park(InboundDelivery delivery) {
    synchronized (unsettled) {
      parked.add(delivery);
      if (placeless.remove(delivery)) {
        acceptAllButKept(List.of());
      } else {
        super.settle(Outcome.ACCEPT, List.of(delivery));
      }
    }
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    synchronized (unsettled) {
      if (parked.remove(delivery)) {
        placeless.add(delivery);
      }
    }
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    synchronized (unsettled) {
      List<InboundDelivery> placed = new ArrayList<>(deliveries.size());
      for (InboundDelivery each : deliveries) {
        if (!placeless.remove(each)) {
          placed.add(each);
        }
      }
      acceptAllButKept(placed);
    }
  }

  private void acceptAllButKept(List<InboundDelivery> more) {
    keptPlaces.addAll(more);
    List<InboundDelivery> accepted = new ArrayList<>();
    while (keptPlaces.size() > placeless.size()) {
      accepted.add(keptPlaces.remove());
    }
    if (!accepted.isEmpty()) {
      super.settle(Outcome.ACCEPT, accepted);
    }
  }
}
