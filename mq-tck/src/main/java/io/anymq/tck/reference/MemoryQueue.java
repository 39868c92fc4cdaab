package io.anymq.tck.reference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Messages in order, and who consumes them; behind a queue or a subscription. Guarded by the
 * broker's lock.
 */
final class MemoryQueue {

  private final NavigableMap<Long, Stored> ready = new TreeMap<>();
  private final Set<MemoryConsumer> consumers = new LinkedHashSet<>();
  private final long maxLength;
  private int inFlight;

  MemoryQueue(long maxLength) {
    this.maxLength = maxLength;
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
    return List.copyOf(ready.values());
  }

  Set<MemoryConsumer> consumers() {
    return consumers;
  }

  /** Adds a new message, or gives one back to its place. */
  void add(Stored stored) {
    ready.put(stored.position, stored);
    consumers.forEach(MemoryConsumer::wake);
  }

  /** Takes messages for a consumer: a fair share of what is there, within its credit. */
  List<Stored> take(int credit) {
    int takers = Math.max(1, consumers.size());
    int share = (ready.size() + takers - 1) / takers;
    List<Stored> taken = new ArrayList<>();
    Iterator<Stored> first = ready.values().iterator();
    while (taken.size() < Math.min(credit, share)) {
      Stored stored = first.next();
      first.remove();
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
    ready.values().removeIf(stored -> !stored.persistent);
  }
}
