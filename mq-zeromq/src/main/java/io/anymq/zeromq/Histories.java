package io.anymq.zeromq;

import org.jspecify.annotations.Nullable;

/**
 * What the hub remembers of its topics, for those who subscribe later. It never takes memory from
 * anybody: when room is wanted, the oldest goes. For the hub's thread.
 */
final class Histories {

  /** As many numbers as a hub could not send in a millisecond. */
  private static final long POSITIONS_A_MILLI = 1_000_000;

  private final HubMemory memory;

  /** All of them, in a list of their own links: a collection's would cost as much as the rest. */
  private @Nullable Remembered oldest;

  private @Nullable Remembered newest;
  private ReplayBounds bounds = ReplayBounds.NONE;
  private long bytes;

  /**
   * The position of the next message; those of a hub's former life, and of messages that were sent
   * before, are lower, without a word having been kept.
   */
  private long nextPosition = System.currentTimeMillis() * POSITIONS_A_MILLI;

  /** One message of the past. Each is equal to itself alone. */
  static final class Remembered {

    /** This object, and its place among those of its topic: an estimate for a 64-bit JVM. */
    private static final int COST_BYTES = 64;

    private final TopicHistory of;
    private final Payload payload;
    private final long sentAtMillis;
    private @Nullable Remembered older;
    private @Nullable Remembered newer;

    Remembered(TopicHistory of, Payload payload) {
      this.of = of;
      this.payload = payload;
      long stated = payload.timestampMillis();
      this.sentAtMillis = stated == 0 ? System.currentTimeMillis() : stated;
    }

    Payload payload() {
      return payload;
    }

    long sentAtMillis() {
      return sentAtMillis;
    }

    private long cost() {
      return COST_BYTES + payload.cost();
    }
  }

  Histories(HubMemory memory) {
    this.memory = memory;
    memory.reclaimBy(this::forgetOldest);
  }

  /** Sets how much is kept; to be called before anything is. */
  void keep(ReplayBounds howMuch) {
    bounds = howMuch;
  }

  /** A position that was given before, in a life whose clock may have been ahead. */
  void beginBehind(long position) {
    nextPosition = Math.max(nextPosition, position + 1);
  }

  boolean keepsAnything() {
    return bounds.keepsAnything();
  }

  /** A history that is empty. */
  TopicHistory ofTopic() {
    return new TopicHistory(this);
  }

  /** Gives a message its position in the past, and keeps it if there is room. */
  void remember(TopicHistory topic, Payload payload) {
    payload.position(nextPosition++);
    if (!bounds.keepsAnything()) {
      return;
    }
    Remembered message = new Remembered(topic, payload);
    if (topic.size() >= bounds.messages()) {
      forget(topic.oldest());
    }
    while (bytes + message.cost() > bounds.bytes() && forgetOldest()) {
      // There is room when the oldest are gone, or when nothing is left.
    }
    if (bytes + message.cost() <= bounds.bytes() && memory.fits(message.cost())) {
      payload.hold(memory);
      memory.take(Remembered.COST_BYTES);
      bytes += message.cost();
      append(message);
      topic.add(message);
    }
  }

  /** Whether a position is one that this hub has given. */
  boolean knows(long position) {
    return position < nextPosition;
  }

  void forget(Remembered message) {
    unlink(message);
    message.of.forget(message);
    bytes -= message.cost();
    memory.give(Remembered.COST_BYTES);
    message.payload.letGo(memory);
  }

  private boolean forgetOldest() {
    Remembered first = oldest;
    if (first == null) {
      return false;
    }
    forget(first);
    return true;
  }

  private void append(Remembered message) {
    Remembered before = newest;
    message.older = before;
    newest = message;
    if (before == null) {
      oldest = message;
    } else {
      before.newer = message;
    }
  }

  private void unlink(Remembered message) {
    Remembered before = message.older;
    Remembered behind = message.newer;
    if (before == null) {
      oldest = behind;
    } else {
      before.newer = behind;
    }
    if (behind == null) {
      newest = before;
    } else {
      behind.older = before;
    }
    message.older = null;
    message.newer = null;
  }
}
