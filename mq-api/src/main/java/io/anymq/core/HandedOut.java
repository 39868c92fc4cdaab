package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids of what a consumer has handed out last. When its link is lost, these may come again:
 * those that were unsettled, and those whose settlement was lost on its way. A broker that has
 * crashed may not know that it delivered them, but this consumer does.
 */
final class HandedOut {

  private final @Nullable String[] last;
  private int next;
  private volatile Set<String> mayComeAgain = Set.of();

  /**
   * Remembers as many as can be unsettled, and as many again, whose settlements may be on their
   * way.
   */
  HandedOut(int prefetch) {
    last = new String[2 * prefetch];
  }

  synchronized void add(String id) {
    last[next] = id;
    next = (next + 1) % last.length;
  }

  /** A link is lost. */
  synchronized void linkLost() {
    Set<String> ids = new HashSet<>();
    for (String id : last) {
      if (id != null) {
        ids.add(id);
      }
    }
    mayComeAgain = ids;
  }

  /**
   * Whether a message was handed out on an earlier link; asked once for each that arrives. As a
   * rule none was, and then the message need not be decoded on the thread that asks.
   */
  boolean comesAgain(InboundDelivery delivery) {
    return !mayComeAgain.isEmpty() && delivery.message().id().filter(this::takeOut).isPresent();
  }

  private synchronized boolean takeOut(String id) {
    return mayComeAgain.remove(id);
  }
}
