package io.anymq.kafka;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decides which lane of a consumer fetches. One at a time does, so that deliveries come in order;
 * and only while all that it may fetch has room in the prefetch. Safe for use by several threads.
 */
final class LaneGate {

  /** What a lane does next. */
  enum Turn {
    /** Fetch. */
    FETCH,
    /** End: it has not been needed for long, and a lane as large is there. */
    RETIRE,
    /** End: the consumer closes. */
    STOP
  }

  /** After so long with nothing settled, or with one batch, handlers count as slow. */
  static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * The least that a batch takes until another lane fetches meanwhile. Where handlers are quicker,
   * it pays to wait until the first lane can fetch in full: what a fetch costs hardly depends on
   * how much it brings.
   */
  private static final long MIN_BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_LANES = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<ShareLane> lanes = new ArrayList<>();
  private final Set<ShareLane> waiting = new HashSet<>();
  private final int prefetch;

  private @Nullable ShareLane fetching;
  private int opening;
  private int unsettled;
  private int parked;
  private long lastProgress = System.nanoTime();
  private long lastTurn = lastProgress;
  private long lastFetched = lastProgress;
  private boolean closing;

  LaneGate(int prefetch) {
    this.prefetch = prefetch;
  }

  /** Adds a lane that is about to open; refuses when the consumer closes. */
  boolean add(ShareLane lane) {
    lock.lock();
    try {
      if (closing) {
        return false;
      }
      lanes.add(lane);
      opening++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A lane is open, or has failed to open. */
  void opened() {
    lock.lock();
    try {
      opening--;
      lastProgress = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** A lane has ended, with that many deliveries handed out and unsettled, and parked. */
  void remove(ShareLane lane, int left, int leftParked) {
    lock.lock();
    try {
      parked -= leftParked;
      lanes.remove(lane);
      waiting.remove(lane);
      unsettled -= left;
      if (lane.equals(fetching)) {
        fetching = null;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<ShareLane> lanes() {
    lock.lock();
    try {
      return List.copyOf(lanes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the turn to fetch if it can be had at once. */
  boolean tryTurn(ShareLane lane) {
    lock.lock();
    try {
      waiting.add(lane);
      boolean taken = take(lane);
      if (!taken) {
        waiting.remove(lane);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the turn to fetch, for a while; empty when the time is up. */
  Optional<Turn> awaitTurn(ShareLane lane, long nanos) throws InterruptedException {
    lock.lock();
    try {
      waiting.add(lane);
      long end = System.nanoTime() + nanos;
      while (!closing) {
        if (take(lane)) {
          return Optional.of(Turn.FETCH);
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          return Optional.empty();
        }
        long unused = changed.awaitNanos(Math.min(left, untilAllowed(lane)));
      }
      return Optional.of(Turn.STOP);
    } finally {
      waiting.remove(lane);
      lock.unlock();
    }
  }

  private boolean take(ShareLane lane) {
    if (closing || fetching != null || !fits(lane) || isAllowedLater(lane)) {
      return false;
    }
    if (waiting.stream().anyMatch(other -> other.size() > lane.size() && fits(other))) {
      return false;
    }
    fetching = lane;
    waiting.remove(lane);
    lastTurn = System.nanoTime();
    return true;
  }

  private boolean fits(ShareLane lane) {
    return lane.size() <= prefetch - unsettled;
  }

  /** All but the first lane wait until a batch takes longer than it took to fetch it. */
  private boolean isAllowedLater(ShareLane lane) {
    return lane.size() < prefetch && System.nanoTime() - allowedAt() < 0;
  }

  private long allowedAt() {
    return lastFetched + Math.max(MIN_BATCH_NANOS, lastFetched - lastTurn);
  }

  private long untilAllowed(ShareLane lane) {
    boolean soon = fetching == null && fits(lane) && isAllowedLater(lane);
    return soon ? Math.max(1, allowedAt() - System.nanoTime()) : Long.MAX_VALUE;
  }

  /** The lane that had the turn has handed out that many deliveries, and gives the turn back. */
  void fetched(int count) {
    lock.lock();
    try {
      fetching = null;
      unsettled += count;
      lastProgress = System.nanoTime();
      lastFetched = lastProgress;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** That many deliveries are handed out again by the lane that has fetched them. */
  void handedOutAgain(int count) {
    lock.lock();
    try {
      unsettled += count;
    } finally {
      lock.unlock();
    }
  }

  /** A delivery is kept for a while, and one more may come for it; negative: that has ended. */
  void parked(int count) {
    lock.lock();
    try {
      parked += count;
      unsettled -= count;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** That many deliveries are settled. */
  void settled(int count) {
    lock.lock();
    try {
      unsettled -= count;
      lastProgress = System.nanoTime();
      if (!waiting.isEmpty()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether nobody fetches though there is room: then another lane may be needed. A lane that waits
   * and is too large for the room does not count; it goes when it has waited for long.
   */
  boolean wantsLane() {
    lock.lock();
    try {
      return !closing
          && fetching == null
          && opening == 0
          && unsettled < prefetch
          && waiting.stream().noneMatch(this::fits)
          && lanes.size() - waiting.size() < Math.min(prefetch + parked, MAX_LANES);
    } finally {
      lock.unlock();
    }
  }

  /**
   * How large a lane to add now; 0: none. One is added when a batch takes long and a good part of
   * it is settled, or when nothing moves at all.
   */
  int growth() {
    lock.lock();
    try {
      long now = System.nanoTime();
      int free = prefetch - unsettled;
      boolean slow = now - lastFetched >= STALL_NANOS && free >= Math.max(1, prefetch / 4);
      boolean stalled = now - lastProgress >= STALL_NANOS;
      return (slow || stalled) && wantsLane() ? Math.min(free, (prefetch + 1) / 2) : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a lane that waited for so long may end. */
  boolean mayRetire(ShareLane lane, long waitedNanos) {
    lock.lock();
    try {
      return waitedNanos >= IDLE_NANOS
          && lanes.stream().anyMatch(other -> !other.equals(lane) && other.size() >= lane.size());
    } finally {
      lock.unlock();
    }
  }

  /** No lane gets a turn any more. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }
}
