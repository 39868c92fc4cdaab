package io.anymq.kafka;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which places of a partition a share group is done with: accepted, or passed over. Not for use by
 * several threads.
 */
final class DonePlaces {

  /**
   * From each of these places on, up to the next of them, what is so. Before the first: not done.
   */
  private final NavigableMap<Long, Boolean> steps = new TreeMap<>();

  private long start;

  /** Everything before this place is done. */
  long start() {
    return start;
  }

  void begin(long place) {
    start = place;
  }

  /** Notes what became of some places; the latest word counts. */
  void note(long first, long last, boolean done) {
    boolean behind = at(last + 1);
    steps.subMap(first, true, last + 1, true).clear();
    steps.put(first, done);
    steps.put(last + 1, behind);
  }

  boolean isDone(long place) {
    return place < start || at(place);
  }

  private boolean at(long place) {
    Map.Entry<Long, Boolean> step = steps.floorEntry(place);
    return step != null && step.getValue();
  }
}
