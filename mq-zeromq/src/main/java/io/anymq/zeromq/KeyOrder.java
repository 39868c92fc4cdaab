package io.anymq.zeromq;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which keys of a queue are in hand, and the messages that wait for them: while one is unsettled,
 * no other of its key goes out. There is one of these as long as a consumer asks for it. For the
 * hub's thread.
 */
final class KeyOrder {

  private final Map<ByteBuffer, Key> keys = new HashMap<>();

  /** Those of which nothing is unsettled, although something waits. */
  private final Set<Key> free = new LinkedHashSet<>();

  private int waiting;

  private static final class Key {
    private final ByteBuffer name;
    private final PriorityQueue<Queued> waiting = new PriorityQueue<>(1);
    private int unsettled;

    Key(ByteBuffer name) {
      this.name = name;
    }
  }

  /** How many messages wait here. */
  int waiting() {
    return waiting;
  }

  Stream<Queued> stream() {
    return keys.values().stream().flatMap(key -> key.waiting.stream());
  }

  /**
   * Takes the first message that is ready: it goes out, or it waits here until its key is free.
   *
   * @return whether it goes out
   */
  boolean letGo(Queued message) {
    ByteBuffer name = message.payload().key();
    if (name == null) {
      return true;
    }
    Key key = keys.computeIfAbsent(name, Key::new);
    if (key.unsettled > 0) {
      key.waiting.add(message);
      waiting++;
      return false;
    }
    key.unsettled++;
    free.remove(key);
    return true;
  }

  /** A message is unsettled already. */
  void isOut(Queued message) {
    ByteBuffer name = message.payload().key();
    if (name != null) {
      keys.computeIfAbsent(name, Key::new).unsettled++;
    }
  }

  /**
   * A message is settled. What its key held up is ready now, up to one that somebody wants and can
   * take: that one goes next, and the others wait for it.
   */
  void settled(Queued message, Predicate<Queued> wanted, Consumer<Queued> ready) {
    ByteBuffer name = message.payload().key();
    Key key = name == null ? null : keys.get(name);
    if (key == null || --key.unsettled > 0) {
      return;
    }
    Queued next = key.waiting.poll();
    while (next != null) {
      waiting--;
      ready.accept(next);
      next = wanted.test(next) ? null : key.waiting.poll();
    }
    if (key.waiting.isEmpty()) {
      keys.remove(name);
    } else {
      free.add(key);
    }
  }

  /** A message that waits here is no more. */
  void remove(Queued message) {
    ByteBuffer name = message.payload().key();
    Key key = name == null ? null : keys.get(name);
    if (key != null && key.waiting.remove(message)) {
      waiting--;
    }
  }

  /** Whether something waits although no message of its key is unsettled. */
  boolean hasFree() {
    return !free.isEmpty();
  }

  /** Gives away what waits so. */
  void drainFree(Consumer<Queued> taker) {
    for (Key key : free) {
      waiting -= key.waiting.size();
      key.waiting.forEach(taker);
      keys.remove(key.name);
    }
    free.clear();
  }

  /** Gives away all that waits here. */
  void drainTo(Consumer<Queued> taker) {
    keys.values()
        .forEach(
            key -> {
              key.waiting.forEach(taker);
              key.waiting.clear();
            });
    keys.values().removeIf(key -> key.unsettled == 0);
    free.clear();
    waiting = 0;
  }
}
