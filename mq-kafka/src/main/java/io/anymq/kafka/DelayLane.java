package io.anymq.kafka;

import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a mover has read of one partition of waiting records and not moved yet: a timetable. Records
 * leave it in the order in which they are due, and not in which they came. So what is committed is
 * the place of the first that is left, and, as its metadata, which of those behind it are.
 */
final class DelayLane {

  private static final Logger LOG = LoggerFactory.getLogger(DelayLane.class);

  /**
   * How far the timetable may reach from the first record that is left. A bit for each place must
   * fit into a commit's metadata ({@code offset.metadata.max.bytes}, 4096 by default), with room
   * for one more poll.
   */
  private static final long WINDOW = 16_000;

  /** How much of records the timetable may hold, that of one more poll aside. */
  private static final long MAX_BYTES = 16 * 1024 * 1024;

  private static final Comparator<DelayedRecord> BY_TIME =
      Comparator.comparingLong(DelayedRecord::look).thenComparingLong(DelayedRecord::offset);

  private final boolean readsAhead;
  private final NavigableMap<Long, DelayedRecord> waiting = new TreeMap<>();
  private final NavigableSet<DelayedRecord> byTime = new TreeSet<>(BY_TIME);
  private long bytes;

  /** The first place that has not been read. */
  private long next;

  // As it was committed by the mover before, of the places below {@code known}:
  private long knownFrom;
  private long known;
  private BitSet left = new BitSet();

  /**
   * An empty timetable.
   *
   * @param readsAhead whether what comes later may be due earlier
   */
  DelayLane(boolean readsAhead) {
    this.readsAhead = readsAhead;
  }

  /** Begins where the mover before has left off. */
  void begin(OffsetAndMetadata committed) {
    next = committed.offset();
    knownFrom = next;
    int colon = committed.metadata().indexOf(':');
    if (colon > 0) {
      try {
        long count = Long.parseLong(committed.metadata().substring(0, colon));
        left =
            BitSet.valueOf(Base64.getDecoder().decode(committed.metadata().substring(colon + 1)));
        known = knownFrom + count;
      } catch (IllegalArgumentException e) {
        LOG.warn("Which delayed messages are moved was overwritten; some may come twice", e);
      }
    }
  }

  /** Whether a record has been moved already. */
  boolean isMoved(long offset) {
    return offset < known && !left.get((int) (offset - knownFrom));
  }

  void add(DelayedRecord record) {
    waiting.put(record.offset(), record);
    byTime.add(record);
    bytes += record.bytes();
  }

  /** Everything before this place has been read. */
  void readUpTo(long place) {
    next = place;
  }

  /** Adds those whose time has come, and no more than so many in all. */
  void collect(long now, int atMost, Collection<DelayedRecord> due) {
    Iterator<DelayedRecord> each = byTime.iterator();
    while (each.hasNext() && due.size() < atMost) {
      DelayedRecord record = each.next();
      if (record.look() > now) {
        return;
      }
      due.add(record);
    }
  }

  void remove(DelayedRecord record) {
    if (waiting.remove(record.offset()) != null) {
      byTime.remove(record);
      bytes -= record.bytes();
    }
  }

  /** When to look at the first; never, when there is none. */
  long nextLook() {
    return byTime.isEmpty() ? Long.MAX_VALUE : byTime.first().look();
  }

  /** Whether nothing more is to be read for now. */
  boolean isFull(long now) {
    if (!readsAhead) {
      return !byTime.isEmpty() && byTime.last().look() > now;
    }
    return bytes >= MAX_BYTES || (!waiting.isEmpty() && next - waiting.firstKey() >= WINDOW);
  }

  /** What to commit when these records are done. */
  OffsetAndMetadata without(Collection<DelayedRecord> done) {
    NavigableMap<Long, DelayedRecord> rest = new TreeMap<>(waiting);
    done.forEach(record -> rest.remove(record.offset()));
    long first = rest.isEmpty() ? next : rest.firstKey();
    BitSet places = new BitSet();
    rest.keySet().forEach(place -> places.set((int) (place - first)));
    // What the mover before has left, and this one has not come upon yet.
    for (long place = next; place < known; place++) {
      places.set((int) (place - first), !isMoved(place));
    }
    long end = Math.max(next, known);
    if (places.isEmpty()) {
      return new OffsetAndMetadata(end);
    }
    String bits = Base64.getEncoder().encodeToString(places.toByteArray());
    return new OffsetAndMetadata(first, (end - first) + ":" + bits);
  }

  /** The first place that is left: records before it are of no more use. */
  long first() {
    return waiting.isEmpty() ? next : waiting.firstKey();
  }
}
