package io.anymq.zeromq;

import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A peer's consumer: takes as many messages as it may hold unsettled, and knows which. For the
 * hub's thread.
 */
final class HubConsumer {

  /** What a client may park. */
  private static final int MOST_PARKED = 1000;

  private final HubSession session;
  private final int id;
  private final MessageQueue queue;
  private final Terms terms;
  private final Runnable afterwards;
  private final Map<Long, Queued> unsettled = new LinkedHashMap<>();

  /** The tags of what it holds beside its prefetch. */
  private final Set<Long> parked = new HashSet<>();

  private long nextTag = 1;
  private boolean mayTake = true;

  /**
   * What a consumer asks for.
   *
   * @param prefetch how many messages it may hold unsettled
   * @param keyOrdered whether messages of one key are to go out one after the other
   * @param selection which messages it takes; null: all
   * @param withPositions whether its deliveries tell their positions
   * @param tellsHandOuts whether it tells which deliveries its application gets
   */
  record Terms(
      int prefetch,
      boolean keyOrdered,
      @Nullable Selection selection,
      boolean withPositions,
      boolean tellsHandOuts) {

    Terms(int prefetch, boolean keyOrdered, @Nullable Selection selection) {
      this(prefetch, keyOrdered, selection, false, false);
    }
  }

  /**
   * A consumer that holds nothing yet.
   *
   * @param session whose it is
   * @param id its number in the session
   * @param queue what it consumes
   * @param terms what it asks for
   * @param afterwards to be done when it is gone
   */
  HubConsumer(HubSession session, int id, MessageQueue queue, Terms terms, Runnable afterwards) {
    this.session = session;
    this.id = id;
    this.queue = queue;
    this.terms = terms;
    this.afterwards = afterwards;
  }

  int id() {
    return id;
  }

  HubSession session() {
    return session;
  }

  boolean isKeyOrdered() {
    return terms.keyOrdered();
  }

  @Nullable Selection selection() {
    return terms.selection();
  }

  boolean tellsPositions() {
    return terms.withPositions();
  }

  boolean tellsHandOuts() {
    return terms.tellsHandOuts();
  }

  /** Whether it has room, and selects that message. */
  boolean canTakeThis(Queued message) {
    Selection selection = terms.selection();
    return hasRoom() && (selection == null || selection.selects(message.payload()));
  }

  /** What it holds unsettled. */
  Collection<Queued> unsettled() {
    return unsettled.values();
  }

  void begin() {
    queue.join(this);
  }

  /** Whether it is to have another turn; when not, it asks for one when something is settled. */
  boolean canTake() {
    mayTake = hasRoom();
    return mayTake;
  }

  private boolean hasRoom() {
    return unsettled.size() - parked.size() < terms.prefetch();
  }

  /** It keeps what it holds of a range for a while, beside its prefetch; up to a limit. */
  void park(TagRange range) {
    for (long tag : heldOf(range)) {
      if (parked.size() < MOST_PARKED) {
        parked.add(tag);
      }
    }
    askForMore();
  }

  /** What it holds of a range counts again. */
  void unpark(TagRange range) {
    parked.removeIf(range::contains);
  }

  private void askForMore() {
    if (!mayTake && hasRoom()) {
      mayTake = true;
      queue.canTakeAgain(this);
    }
  }

  void take(Queued message) {
    message.goesOut(terms.tellsHandOuts());
    queue.log().counted(message);
    long tag = nextTag++;
    unsettled.put(tag, message);
    session.owe(this, tag);
  }

  /** What it holds under a tag; null when it is settled. */
  @Nullable Queued held(long tag) {
    return unsettled.get(tag);
  }

  boolean holds(TagRange range) {
    if (range.count() > unsettled.size()) {
      return false;
    }
    for (long tag = range.first(); tag < range.end(); tag++) {
      if (!unsettled.containsKey(tag)) {
        return false;
      }
    }
    return true;
  }

  void accept(TagRange range) {
    settle(range, queue::accept);
  }

  /** Whoever releases a message has had it. */
  void release(TagRange range) {
    settle(
        range,
        message -> {
          handedOut(message);
          queue.release(message);
        });
  }

  void releaseLater(TagRange range, long millis) {
    settle(
        range,
        message -> {
          handedOut(message);
          queue.releaseLater(message, millis);
        });
  }

  /** Its application got what it holds of a range; the work is bounded by what it holds. */
  void handedOut(TagRange range) {
    for (long tag : heldOf(range)) {
      handedOut(unsettled.get(tag));
    }
  }

  /** The tags of a range that it holds; the work is bounded by what it holds, not by the range. */
  private long[] heldOf(TagRange range) {
    return range.count() > unsettled.size()
        ? unsettled.keySet().stream().mapToLong(Long::longValue).filter(range::contains).toArray()
        : LongStream.range(range.first(), range.end()).filter(unsettled::containsKey).toArray();
  }

  private void handedOut(@Nullable Queued message) {
    if (message != null && message.handedOut()) {
      queue.log().counted(message);
    }
  }

  /** Settles what it holds of a range; the work is bounded by what it holds, not by the range. */
  private void settle(TagRange range, Consumer<Queued> how) {
    if (range.count() > unsettled.size()) {
      settleWithin(range, how);
    } else {
      for (long tag = range.first(); tag < range.end(); tag++) {
        Queued message = unsettled.remove(tag);
        parked.remove(tag);
        if (message != null) {
          how.accept(message);
        }
      }
    }
    askForMore();
  }

  private void settleWithin(TagRange range, Consumer<Queued> how) {
    Iterator<Map.Entry<Long, Queued>> entries = unsettled.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Long, Queued> entry = entries.next();
      if (range.contains(entry.getKey())) {
        entries.remove();
        parked.remove(entry.getKey());
        how.accept(entry.getValue());
      }
    }
  }

  /**
   * Ends; what it holds goes back to its queue.
   *
   * @param inOrder whether it has told all that it handed out
   */
  void close(boolean inOrder) {
    for (Queued message : unsettled.values()) {
      if (message.comesBack(inOrder)) {
        queue.log().counted(message);
      }
    }
    queue.leave(this, unsettled.values());
    unsettled.clear();
    parked.clear();
    session.forget(this);
    afterwards.run();
  }

  /** Ends because its queue was deleted; what it holds is dropped with it. */
  void orphan() {
    unsettled.values().forEach(queue::forget);
    unsettled.clear();
    session.forget(this);
  }
}
