package io.anymq.zeromq;

import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a queue has for its consumers, and, as long as one of them asks for the order of keys, what
 * of it waits for its key. For the hub's thread.
 */
final class Backlog {

  private final ReadyMessages ready;

  /** To be done when a consumer may find something that it has not found before. */
  private final Runnable moreIsReady;

  private @Nullable KeyOrder keys;

  Backlog(boolean prioritized, Runnable moreIsReady) {
    this.ready = new ReadyMessages(prioritized);
    this.moreIsReady = moreIsReady;
  }

  /** How many messages there are, with those that wait for their keys. */
  int size() {
    return ready.size() + (keys == null ? 0 : keys.waiting());
  }

  /** Takes a message that was not here before. */
  void addNew(Queued message) {
    ready.addNew(message);
    moreIsReady.run();
  }

  /** Takes a message that belongs between others. */
  void putBack(Queued message) {
    ready.putBack(message);
    moreIsReady.run();
  }

  /**
   * Gives away the first message that may go to a consumer; those before it wait for their keys.
   *
   * @param slice how long it may take; when that is over, it can be asked again
   * @param drop takes what nobody selects
   */
  @Nullable Queued nextFor(HubConsumer taker, Slice slice, Consumer<Queued> drop) {
    Queued message = firstFor(taker, slice, drop);
    while (message != null && keys != null && !keys.letGo(message)) {
      message = slice.goesOn() ? firstFor(taker, slice, drop) : null;
    }
    return message;
  }

  private @Nullable Queued firstFor(HubConsumer taker, Slice slice, Consumer<Queued> drop) {
    Selection selection = taker.selection();
    if (selection == null) {
      return ready.pollFirst();
    }
    Queued message =
        slice.mayBegin()
            ? selection.next(
                ready,
                slice,
                unselected -> {
                  if (selection.dropsTheRest()) {
                    ready.take(unselected);
                    drop.accept(unselected);
                  }
                })
            : null;
    if (message != null) {
      ready.take(message);
    }
    return message;
  }

  boolean hasSelections() {
    return ready.hasSelections();
  }

  void add(Selection selection) {
    ready.add(selection);
    freeUnwanted();
  }

  void remove(Selection selection) {
    freeUnwanted();
    ready.remove(selection);
  }

  boolean isKeyOrdered() {
    return keys != null;
  }

  /**
   * Keys have an order from now on.
   *
   * @param inHand those of which something is unsettled
   */
  void orderKeys(KeyOrder inHand) {
    keys = inHand;
  }

  /** Keys have no order any more. */
  void endKeyOrder() {
    if (keys != null) {
      keys.drainTo(this::putBack);
      keys = null;
    }
  }

  /** A message is settled; what waited for its key is ready, up to one that somebody wants. */
  void settled(Queued message, Predicate<Queued> wanted) {
    if (keys != null) {
      keys.settled(message, wanted, this::putBack);
    }
  }

  /** What waits for one of its key that nobody has taken may be for somebody else than that one. */
  void freeUnwanted() {
    if (keys != null && keys.hasFree()) {
      keys.drainFree(this::putBack);
    }
  }

  /** A message is no more. */
  void remove(Queued message) {
    if (!ready.take(message) && keys != null) {
      keys.remove(message);
    }
    freeUnwanted();
  }

  /** Gives all away. */
  void drainTo(Consumer<Queued> taker) {
    ready.drainTo(taker);
    if (keys != null) {
      keys.drainTo(taker);
    }
  }

  /** What comes behind a place, in order; of what waits for its key, all. */
  Stream<Queued> behind(Queued place) {
    Stream<Queued> inOrder = ready.behind(place);
    return keys == null ? inOrder : Stream.concat(inOrder, keys.stream()).sorted();
  }
}
