package io.anymq.activemq;

import io.anymq.spi.InboundDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer holds unsettled, in the order of dispatch: the same list that the broker keeps
 * for it. A row of neighbours can therefore be accepted with one command. Not for sharing between
 * threads.
 */
final class UnsettledDeliveries {

  private @Nullable ActiveMqDelivery tail;

  /**
   * Neighbours among the unsettled deliveries.
   *
   * @param first the first in the order of dispatch
   * @param last the last
   * @param count how many
   */
  record Run(ActiveMqDelivery first, ActiveMqDelivery last, int count) {}

  void add(ActiveMqDelivery delivery) {
    delivery.unsettled = true;
    delivery.previous = tail;
    if (tail != null) {
      tail.next = delivery;
    }
    tail = delivery;
  }

  /** The last one in the order of dispatch that the application has got. */
  Optional<ActiveMqDelivery> lastHandedOut() {
    ActiveMqDelivery at = tail;
    while (at != null && !at.wasHandedOut()) {
      at = at.previous;
    }
    return Optional.ofNullable(at);
  }

  /** All go back, by an orderly close. */
  void giveBack() {
    for (ActiveMqDelivery at = tail; at != null; at = at.previous) {
      at.givenBack();
    }
  }

  /**
   * Finds rows of neighbours; changes nothing.
   *
   * @param deliveries some of those that were added; what is not here any more is left out
   * @return the same in runs, each as long as the order of settlement allows
   */
  List<Run> runs(List<? extends InboundDelivery> deliveries) {
    List<Run> runs = new ArrayList<>();
    ActiveMqDelivery first = null;
    ActiveMqDelivery last = null;
    int count = 0;
    for (InboundDelivery settled : deliveries) {
      ActiveMqDelivery delivery = (ActiveMqDelivery) settled;
      if (!delivery.unsettled) {
        continue;
      }
      if (first != null && last != null && delivery.previous != last) {
        runs.add(new Run(first, last, count));
        first = null;
      }
      first = first == null ? delivery : first;
      count = first == delivery ? 1 : count + 1;
      last = delivery;
    }
    if (first != null && last != null) {
      runs.add(new Run(first, last, count));
    }
    return runs;
  }

  /** Takes deliveries out; what is not here any more is left out. */
  void remove(List<? extends InboundDelivery> deliveries) {
    for (InboundDelivery settled : deliveries) {
      ActiveMqDelivery delivery = (ActiveMqDelivery) settled;
      if (delivery.unsettled) {
        unlink(delivery);
      }
    }
  }

  private void unlink(ActiveMqDelivery delivery) {
    ActiveMqDelivery before = delivery.previous;
    ActiveMqDelivery after = delivery.next;
    if (before != null) {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    delivery.unsettled = false;
    delivery.previous = null;
    delivery.next = null;
  }
}
