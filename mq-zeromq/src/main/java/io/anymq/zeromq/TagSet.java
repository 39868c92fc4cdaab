package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Delivery tags, as the ranges that they form: as long as tags come about in their order there is
 * one, and never more than there are gaps. For all threads.
 */
final class TagSet {

  /** The end of each range by its beginning. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  synchronized void add(long tag) {
    Map.Entry<Long, Long> before = ends.floorEntry(tag);
    if (before != null && tag < before.getValue()) {
      return;
    }
    long first = before != null && before.getValue() == tag ? before.getKey() : tag;
    Long behind = ends.remove(tag + 1);
    ends.put(first, behind == null ? tag + 1 : behind);
  }

  /** All of it; of a range that is longer than can be told, its end. */
  synchronized List<TagRange> ranges() {
    List<TagRange> ranges = new ArrayList<>(ends.size());
    ends.forEach(
        (first, end) -> {
          int count = (int) Math.min(end - first, Integer.MAX_VALUE);
          ranges.add(new TagRange(end - count, count));
        });
    return ranges;
  }
}
