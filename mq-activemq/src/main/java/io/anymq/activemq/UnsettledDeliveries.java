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

  /** The last one that was dispatched, of those that are unsettled. */
  Optional<ActiveMqDelivery> last() {
    return Optional.ofNullable(tail);
  }

  /**
   * Takes deliveries out.
   *
   * @param deliveries some of those that were added; what is not here any more is left out
   * @return the same in runs, each as long as the order of settlement allows
   */
  List<Run> take(List<? extends InboundDelivery> deliveries) {
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
        runs.add(cut(first, last, count));
        first = null;
      }
      first = first == null ? delivery : first;
      count = first == delivery ? 1 : count + 1;
      last = delivery;
      delivery.unsettled = false;
    }
    if (first != null && last != null) {
      runs.add(cut(first, last, count));
    }
    return runs;
  }

  private Run cut(ActiveMqDelivery first, ActiveMqDelivery last, int count) {
    ActiveMqDelivery before = first.previous;
    ActiveMqDelivery after = last.next;
    if (before != null) {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    first.previous = null;
    last.next = null;
    return new Run(first, last, count);
  }
}
