package io.anymq.tck.reference;

import io.anymq.QueueOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Messages in order, and who consumes them; behind a queue or a subscription. Guarded by the
 * broker's lock.
 */
final class MemoryQueue {

  /** By age; with priorities, the higher ones first. */
  private static final Comparator<Stored> BY_AGE = Comparator.comparingLong(each -> each.position);

  private static final Comparator<Stored> BY_PRIORITY =
      Comparator.<Stored>comparingInt(each -> -each.priority).thenComparing(BY_AGE);

  private final NavigableSet<Stored> ready;
  private final Set<MemoryConsumer> consumers = new LinkedHashSet<>();
  private final long maxLength;
  private int inFlight;

  MemoryQueue(QueueOptions options) {
    maxLength = options.maxLength().orElse(Long.MAX_VALUE);
    ready = new TreeSet<>(options.prioritized() ? BY_PRIORITY : BY_AGE);
  }

  int ready() {
    return ready.size();
  }

  int inFlight() {
    return inFlight;
  }

  boolean full() {
    return ready.size() + inFlight >= maxLength;
  }

  List<Stored> contents() {
    return List.copyOf(ready);
  }

  Set<MemoryConsumer> consumers() {
    return consumers;
  }

  /** Adds a new message, or gives one back to its place. */
  void add(Stored stored) {
    ready.add(stored);
    consumers.forEach(MemoryConsumer::wake);
  }

  /** Takes messages for a consumer: a fair share of what is there, within its credit. */
  List<Stored> take(int credit) {
    int takers = Math.max(1, consumers.size());
    int share = (ready.size() + takers - 1) / takers;
    List<Stored> taken = new ArrayList<>();
    while (taken.size() < Math.min(credit, share)) {
      Stored stored = Objects.requireNonNull(ready.pollFirst());
      stored.deliveries++;
      taken.add(stored);
    }
    inFlight += taken.size();
    return taken;
  }

  void giveBack(Stored stored) {
    inFlight--;
    add(stored);
  }

  void done() {
    inFlight--;
  }

  void purge() {
    ready.clear();
  }

  void forgetTransient() {
    ready.removeIf(stored -> !stored.persistent);
  }
}
