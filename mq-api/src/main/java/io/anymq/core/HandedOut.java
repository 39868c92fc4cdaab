package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The ids of what a consumer has handed out last. When its link is lost, these may come again:
 * those that were unsettled, and those whose settlement was lost on its way. A broker that has
 * crashed may not know that it delivered them, but this consumer does.
 */
final class HandedOut {

  /** The newest, in a ring, and how each was settled. */
  private final @Nullable String[] last;

  private final @Nullable AtomicReference<@Nullable Settlement>[] settlements;
  private int next;

  /** Older ones that the application may still hold. */
  private final Map<String, AtomicReference<@Nullable Settlement>> held;

  private volatile Set<String> mayComeAgain = Set.of();

  /** How often the core delivered a message again by itself; no backend knows of that. */
  private final Map<String, Integer> times;

  /**
   * How often this consumer has had what it gave back, or had when a link was lost. A backend may
   * know of fewer: most record the first delivery only when the message goes back in order.
   */
  private final Map<String, Integer> had;

  /**
   * Remembers as many as can be unsettled, and as many again, whose settlements may be on their
   * way.
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  HandedOut(int prefetch) {
    last = new String[2 * prefetch];
    settlements = new AtomicReference[last.length];
    held = bounded(last.length);
    times = bounded(last.length + Parking.MOST);
    had = bounded(last.length + Parking.MOST);
  }

  /** What was not used for the longest time goes first. */
  private static <T> Map<String, T> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
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
    times.put(id, count);
  }

  /** How often this consumer has had what it gave back, or had when a link was lost; else 0. */
  synchronized int times(String id) {
    return had.getOrDefault(id, 0);
  }

  /** The application has given a message back: from now on its deliveries are counted here. */
  synchronized void released(String id) {
    had.putIfAbsent(id, 1);
  }

  /** A message is in its dead-letter queue: when it is sent once more, its count begins anew. */
  synchronized void buried(String id) {
    times.remove(id);
    had.remove(id);
    held.remove(id);
    for (int i = 0; i < last.length; i++) {
      if (id.equals(last[i])) {
        last[i] = null;
        settlements[i] = null;
      }
    }
    if (mayComeAgain.contains(id)) {
      Set<String> ids = new HashSet<>(mayComeAgain);
      ids.remove(id);
      mayComeAgain = ids;
    }
  }

  /**
   * A message is handed out.
   *
   * @param first whether for the first time, so that an earlier one with this id is another one
   * @param settlement holds null until this delivery is settled
   */
  synchronized void add(
      String id, boolean first, AtomicReference<@Nullable Settlement> settlement) {
    if (first) {
      had.remove(id);
    } else {
      had.computeIfPresent(id, (any, before) -> before + 1);
    }
    keepIfHeld(last[next], settlements[next]);
    last[next] = id;
    settlements[next] = settlement;
    next = (next + 1) % last.length;
  }

  private void keepIfHeld(
      @Nullable String id, @Nullable AtomicReference<@Nullable Settlement> settlement) {
    if (id != null && settlement != null && settlement.get() == null) {
      held.values().removeIf(each -> each.get() != null);
      held.put(id, settlement);
    }
  }

  /** A link is lost. */
  synchronized void linkLost() {
    Set<String> ids = new HashSet<>(times.keySet());
    Map<String, Integer> counts = new HashMap<>();
    held.values().removeIf(each -> each.get() != null);
    held.keySet().forEach(id -> counts.put(id, 1));
    held.clear();
    for (String id : last) {
      if (id != null) {
        counts.merge(id, 1, Integer::sum);
      }
    }
    ids.addAll(counts.keySet());
    mayComeAgain = ids;
    counts.forEach((id, count) -> had.merge(id, count, Math::max));
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
