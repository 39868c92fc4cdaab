package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** How often the core delivered a message again by itself; no backend knows of that. */
  private final Map<String, Integer> times;

  /**
   * Remembers as many as can be unsettled, and as many again, whose settlements may be on their
   * way.
   */
  HandedOut(int prefetch) {
    last = new String[2 * prefetch];
    int most = last.length + Parking.MOST;
    times =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > most;
          }
        };
  }

  /** The backend takes a message back, and may deliver it to this consumer once more. */
  synchronized void givenBack(String id) {
    if (mayComeAgain.contains(id)) {
      return;
    }
    Set<String> ids = new HashSet<>(mayComeAgain);
    ids.add(id);
    mayComeAgain = ids;
  }

  /** How often the core delivered again by itself what now comes from the backend once more. */
  synchronized int timesHere(InboundDelivery delivery) {
    return delivery.message().id().map(times::get).orElse(0);
  }

  /** A message is handed out again that the core delivered again by itself, so many times. */
  synchronized void again(String id, int count) {
    times.remove(id); // so that it counts as the newest
    times.put(id, count);
  }

  /** A message is in its dead-letter queue: when it is sent once more, its count begins anew. */
  synchronized void buried(String id) {
    times.remove(id);
    if (mayComeAgain.contains(id)) {
      Set<String> ids = new HashSet<>(mayComeAgain);
      ids.remove(id);
      mayComeAgain = ids;
    }
  }

  synchronized void add(String id) {
    last[next] = id;
    next = (next + 1) % last.length;
  }

  /** A link is lost. */
  synchronized void linkLost() {
    Set<String> ids = new HashSet<>(times.keySet());
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
