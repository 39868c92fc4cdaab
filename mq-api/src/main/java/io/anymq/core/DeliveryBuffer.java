package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries between the adapter's thread and those that take them, in order; with a gate, the
 * first that may go. The prefetch bounds it.
 */
final class DeliveryBuffer {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CoreDelivery> deliveries = new ArrayDeque<>();
  private final @Nullable KeyGate gate;
  private boolean closed;

  /**
   * An empty buffer.
   *
   * @param gate says what may go; null: everything
   */
  DeliveryBuffer(@Nullable KeyGate gate) {
    this.gate = gate;
  }

  /** Adds deliveries behind the others. */
  void add(List<CoreDelivery> more) {
    lock.lock();
    try {
      // What a lost link still brings comes again; let out, it would hold its key for ever.
      if (!closed && !more.get(0).attachment().ended()) {
        deliveries.addAll(more);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds one that was taken before: before all that came after it, in the order of arrival. */
  void addAgain(CoreDelivery delivery) {
    lock.lock();
    try {
      if (!closed) {
        insert(delivery);
        letBack(delivery.inbound());
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What has been taken came before what has not; so there are few to pass by. */
  private void insert(CoreDelivery delivery) {
    Deque<CoreDelivery> earlier = new ArrayDeque<>();
    CoreDelivery first = deliveries.peekFirst();
    while (first != null && first.arrival() < delivery.arrival()) {
      earlier.addFirst(deliveries.removeFirst());
      first = deliveries.peekFirst();
    }
    deliveries.addFirst(delivery);
    earlier.forEach(deliveries::addFirst);
  }

  /**
   * A delivery that was taken waits somewhere for its time: its key waits, and its place is free.
   */
  void park(InboundDelivery delivery) {
    if (gate == null) {
      return;
    }
    lock.lock();
    try {
      gate.park(delivery);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A delivery that was taken is done with: what waited for it may go. */
  void done(InboundDelivery delivery) {
    if (gate == null) {
      return;
    }
    lock.lock();
    try {
      letBack(delivery);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void letBack(InboundDelivery delivery) {
    if (gate != null) {
      gate.back(delivery);
    }
  }

  private @Nullable CoreDelivery next() {
    if (gate == null) {
      return deliveries.poll();
    }
    for (Iterator<CoreDelivery> each = deliveries.iterator(); each.hasNext(); ) {
      CoreDelivery delivery = each.next();
      if (gate.allows(delivery)) {
        each.remove();
        gate.out(delivery);
        return delivery;
      }
    }
    return null;
  }

  /** Whether who waits for a delivery need not wait. */
  private boolean mayTake() {
    return closed
        || (gate == null ? !deliveries.isEmpty() : deliveries.stream().anyMatch(gate::allows));
  }

  /** Waits for a delivery; null when none came in time, or when the buffer is closed. */
  @Nullable CoreDelivery take(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      CoreDelivery next = closed ? null : next();
      while (next == null && !closed && Waits.until(lock, changed, this::mayTake, deadline)) {
        next = closed ? null : next();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** A delivery that is here, or null. */
  @Nullable CoreDelivery poll() {
    lock.lock();
    try {
      return closed ? null : next();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, for as long as it is open, for a worker's share of what is here.
   *
   * @param most how many to take at most
   * @return at least one delivery; empty when the buffer is closed
   */
  List<CoreDelivery> takeShare(int most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      List<CoreDelivery> taken = share(most);
      while (taken.isEmpty() && !closed) {
        Waits.until(lock, changed, this::mayTake);
        taken = share(most);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private List<CoreDelivery> share(int most) {
    List<CoreDelivery> taken = new ArrayList<>(Math.min(deliveries.size(), most));
    CoreDelivery next = closed ? null : next();
    while (next != null) {
      taken.add(next);
      next = taken.size() < most ? next() : null;
    }
    return taken;
  }

  /** Whether nothing waits here. */
  boolean isEmpty() {
    return size() == 0;
  }

  /** How many deliveries wait here. */
  int size() {
    lock.lock();
    try {
      return deliveries.size();
    } finally {
      lock.unlock();
    }
  }

  /** Drops what a lost link delivered: it comes again. */
  void dropOf(Attachment lost) {
    lock.lock();
    try {
      deliveries.removeIf(delivery -> delivery.attachment() == lost);
      if (gate != null) {
        gate.dropOf(lost);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops everything, takes nothing more, and wakes all who wait. */
  void close() {
    lock.lock();
    try {
      closed = true;
      deliveries.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
