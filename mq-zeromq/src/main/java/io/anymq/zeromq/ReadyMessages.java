package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Spliterator;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The messages of a queue that are ready, in order. For the hub's thread. */
final class ReadyMessages {

  private final boolean prioritized;

  /** What nobody has looked at yet, as it came: a queue that is only a queue needs no more. */
  private final Deque<Queued> fresh = new ArrayDeque<>();

  /**
   * What came back, what somebody has looked at and not selected, and what expires; always older
   * than what is fresh. In a prioritized queue everything.
   */
  private final NavigableSet<Queued> sorted = new TreeSet<>();

  /** Those who do not take what is first. */
  private final List<Selection> selections = new ArrayList<>();

  ReadyMessages(boolean prioritized) {
    this.prioritized = prioritized;
  }

  int size() {
    return fresh.size() + sorted.size();
  }

  boolean hasSelections() {
    return !selections.isEmpty();
  }

  void add(Selection selection) {
    selections.add(selection);
  }

  void remove(Selection selection) {
    selections.remove(selection);
  }

  /** Takes a message that was not here before. */
  void addNew(Queued message) {
    if (prioritized) {
      putBack(message);
    } else if (message.expires()) { // it may have to go from between others
      sorted.addAll(fresh);
      fresh.clear();
      putBack(message);
    } else {
      fresh.addLast(message);
    }
  }

  /** Takes a message that belongs between others. */
  void putBack(Queued message) {
    sorted.add(message);
    for (Selection selection : selections) {
      selection.isReady(message);
    }
  }

  /** Gives the first message away. */
  @Nullable Queued pollFirst() {
    Queued first = sorted.pollFirst();
    if (first == null) {
      return fresh.pollFirst();
    }
    isGone(first);
    return first;
  }

  /**
   * Gives away a message that {@link #after} has shown, or one that expires.
   *
   * @return whether it was there
   */
  boolean take(Queued message) {
    isGone(message);
    return sorted.remove(message);
  }

  private void isGone(Queued message) {
    for (Selection selection : selections) {
      selection.isGone(message);
    }
  }

  /** The first message behind a place up to which somebody has looked; it stays. */
  @Nullable Queued after(Queued place) {
    Queued next = sorted.higher(place);
    if (next == null) {
      next = fresh.pollFirst();
      if (next != null) {
        sorted.add(next);
      }
    }
    return next;
  }

  /** Gives all away. */
  void drainTo(Consumer<Queued> taker) {
    sorted.forEach(this::isGone);
    sorted.forEach(taker);
    fresh.forEach(taker);
    sorted.clear();
    fresh.clear();
  }

  /** What comes behind a place, in order. */
  Stream<Queued> behind(Queued place) {
    return Stream.concat(
        sorted.tailSet(place, false).stream(), fresh.isEmpty() ? Stream.empty() : fresh(place));
  }

  /** What is fresh from about there on: its positions have no gaps, so one tells the index. */
  private Stream<Queued> fresh(Queued place) {
    return skip(fresh.spliterator(), place.position() - fresh.getFirst().position());
  }

  /** Without the first so many, in few steps: a deque's spliterator is halved by its indices. */
  private static Stream<Queued> skip(Spliterator<Queued> all, long count) {
    Spliterator<Queued> before = count > 0 ? all.trySplit() : null;
    if (before == null) {
      return StreamSupport.stream(all, false);
    }
    long half = before.estimateSize();
    return count >= half
        ? skip(all, count - half)
        : Stream.concat(skip(before, count), StreamSupport.stream(all, false));
  }
}
