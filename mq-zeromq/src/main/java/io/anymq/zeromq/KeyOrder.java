package io.anymq.zeromq;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a queue are in hand, and the messages that wait for them: while one is unsettled,
 * no other of its key goes out. There is one of these as long as a consumer asks for it. For the
 * hub's thread.
 */
final class KeyOrder {

  private final Map<ByteBuffer, Key> keys = new HashMap<>();
  private int waiting;

  private static final class Key {
    private final PriorityQueue<Queued> waiting = new PriorityQueue<>(1);
    private int unsettled;
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
    Key key = keys.computeIfAbsent(name, absent -> new Key());
    if (key.unsettled > 0) {
      key.waiting.add(message);
      waiting++;
      return false;
    }
    key.unsettled++;
    return true;
  }

  /** A message is unsettled already. */
  void isOut(Queued message) {
    ByteBuffer name = message.payload().key();
    if (name != null) {
      keys.computeIfAbsent(name, absent -> new Key()).unsettled++;
    }
  }

  /**
   * A message is settled.
   *
   * @return what is ready now because its key is free
   */
  @Nullable Queued settled(Queued message) {
    ByteBuffer name = message.payload().key();
    Key key = name == null ? null : keys.get(name);
    if (key == null || --key.unsettled > 0) {
      return null;
    }
    Queued next = key.waiting.poll();
    if (next == null) {
      keys.remove(name);
    } else {
      waiting--;
    }
    return next;
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
    waiting = 0;
  }
}
