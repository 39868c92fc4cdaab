package io.anymq.rabbit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The unsettled deliveries of one channel, in the order of their tags: a linked list, so that its
 * size is bounded by what is held even where an early delivery is held for long. Guarded by the
 * lock of its consumer.
 *
 * <p>What it is for: a settlement with AMQP's {@code multiple} covers every unsettled delivery up
 * to its tag. It is used for the settled ones at the head of the list, and for them alone.
 */
final class UnsettledDeliveries {

  private final Entry sentinel = new Entry(0);
  private long settled;

  /** Tags up to this one are older ones. */
  private long mark;

  private long settledOlder;

  /** What came between two marks and is not all settled, the oldest first. */
  private final Queue<Run> older = new ArrayDeque<>();

  private static final class Run {

    private final long last;
    private long left;

    Run(long last, long left) {
      this.last = last;
      this.left = left;
    }
  }

  /** Settles with the broker. */
  @FunctionalInterface
  interface Settlement {
    /**
     * Settles.
     *
     * @param tag the delivery's tag
     * @param multiple whether this also covers all unsettled deliveries before it
     */
    void settle(long tag, boolean multiple) throws IOException;
  }

  /** What is linked into the list. */
  static class Entry {

    private final long tag;
    private Entry before = this;
    private Entry after = this;
    private boolean settling;

    Entry(long tag) {
      this.tag = tag;
    }

    private boolean isLinked() {
      return after != this;
    }
  }

  /** Adds a delivery; its tag is higher than all before. */
  void add(Entry entry) {
    entry.before = sentinel.before;
    entry.after = sentinel;
    sentinel.before.after = entry;
    sentinel.before = entry;
  }

  /**
   * Settles deliveries alike. Those that are settled already are passed over.
   *
   * @param entries the deliveries, in any order
   * @param settlement does it; called in the order of tags for the head of the list, then in the
   *     order given
   */
  void settle(List<? extends Entry> entries, Settlement settlement) throws IOException {
    for (Entry entry : entries) {
      entry.settling = entry.isLinked();
    }
    Entry last = unlinkHead();
    if (last != null) {
      settlement.settle(last.tag, true);
    }
    for (Entry entry : entries) {
      if (entry.settling && entry.isLinked()) {
        unlink(entry);
        settlement.settle(entry.tag, false);
      }
    }
  }

  /** How many were settled so far. */
  long settled() {
    return settled;
  }

  /**
   * Those with tags up to this one are older ones from now on.
   *
   * @param tag the last that has come
   */
  void mark(long tag) {
    long left = tag - mark - settledSinceMark();
    if (left > 0) {
      older.add(new Run(tag, left));
    }
    mark = tag;
    settledOlder = settled;
  }

  /** The tag up to which they are older ones. */
  long mark() {
    return mark;
  }

  /** How many were settled so far that are no older ones. */
  long settledSinceMark() {
    return settled - settledOlder;
  }

  /** Between how many marks something came that is not settled yet. */
  int olderRuns() {
    return older.size();
  }

  /** Shows all of them, in order. */
  void forEach(Consumer<Entry> action) {
    for (Entry each = sentinel.after; each != sentinel; each = each.after) {
      action.accept(each);
    }
  }

  /** Takes the settling ones at the head away; the last of them, or null when there is none. */
  private @Nullable Entry unlinkHead() {
    Entry last = null;
    while (sentinel.after != sentinel && sentinel.after.settling) {
      last = sentinel.after;
      unlink(last);
    }
    return last;
  }

  private void unlink(Entry entry) {
    settled++;
    if (entry.tag <= mark) {
      settledOlder++;
      settleOlder(entry.tag);
    }
    entry.before.after = entry.after;
    entry.after.before = entry.before;
    entry.before = entry;
    entry.after = entry;
  }

  private void settleOlder(long tag) {
    for (Iterator<Run> each = older.iterator(); each.hasNext(); ) {
      Run run = each.next();
      if (tag <= run.last) {
        run.left--;
        if (run.left == 0) {
          each.remove();
        }
        return;
      }
    }
  }
}
