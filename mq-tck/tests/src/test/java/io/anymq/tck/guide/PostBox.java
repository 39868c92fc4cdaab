package io.anymq.tck.guide;

import java.util.Optional;
import java.util.TreeMap;

/** Letters in the order in which they came. Guarded by the office's lock. */
final class PostBox {

  private final TreeMap<Long, Lease> waiting = new TreeMap<>();
  private long arrived;
  private boolean removed;

  void add(Letter letter) {
    waiting.put(arrived, new Lease(arrived, letter, 0));
    arrived++;
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(waiting.pollFirstEntry())
        .map(entry -> entry.getValue())
        .map(last -> new Lease(last.number, last.letter(), last.count() + 1));
  }

  /** It goes to its old place, and keeps its count. */
  void putBack(Lease lease) {
    waiting.put(lease.number, lease);
  }

  int waiting() {
    return waiting.size();
  }

  void remove() {
    removed = true;
  }

  boolean removed() {
    return removed;
  }
}
