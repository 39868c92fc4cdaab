package io.anymq.zeromq;

import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What is to be done later, in the order of its times. The time comes from outside, in nanoseconds
 * of one monotonic clock. For the hub's thread.
 */
final class Agenda {

  /** Whoever wants to wait for longer waits for so long: it keeps times comparable. */
  static final long LONGEST_MILLIS = Duration.ofDays(36_500).toMillis();

  /** By differences, for such a clock may pass the largest number. */
  private static final Comparator<Entry> BY_TIME =
      (a, b) -> a.at == b.at ? Long.compare(a.order, b.order) : Long.signum(a.at - b.at);

  private final NavigableSet<Entry> entries = new TreeSet<>(BY_TIME);
  private long now;
  private long added;

  /** Something to be done; in one agenda, and once. */
  abstract static class Entry {

    private long at;
    private long order;

    abstract void due();
  }

  /** Adds an entry, to be done so much later than the time that was told last. */
  void add(Entry entry, long millis) {
    entry.at = now + Duration.ofMillis(Math.min(millis, LONGEST_MILLIS)).toNanos();
    entry.order = added++;
    entries.add(entry);
  }

  void remove(Entry entry) {
    entries.remove(entry);
  }

  /** It is that late now: does what is due, in order. */
  void advance(long time) {
    now = time;
    while (untilNext(time) <= 0) {
      Entry next = entries.first();
      entries.remove(next);
      next.due();
    }
  }

  /** How long until something is due, in nanoseconds; zero or less when something is. */
  long untilNext(long time) {
    return entries.isEmpty() ? Long.MAX_VALUE : entries.first().at - time;
  }
}
