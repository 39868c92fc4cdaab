package io.anymq.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Deliveries between the adapter's thread and those that take them. The prefetch bounds it. */
final class DeliveryBuffer {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CoreDelivery> deliveries = new ArrayDeque<>();
  private boolean closed;

  /** Adds deliveries behind the others. */
  void add(List<CoreDelivery> more) {
    lock.lock();
    try {
      if (!closed) {
        deliveries.addAll(more);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds a delivery before all others. */
  void addFirst(CoreDelivery delivery) {
    lock.lock();
    try {
      if (!closed) {
        deliveries.addFirst(delivery);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a delivery; null when none came in time, or when the buffer is closed. */
  @Nullable CoreDelivery take(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (deliveries.isEmpty() && !closed && !deadline.isOver()) {
        changed.awaitNanos(deadline.remainingNanos());
      }
      return closed ? null : deliveries.poll();
    } finally {
      lock.unlock();
    }
  }

  /** A delivery that is here, or null. */
  @Nullable CoreDelivery poll() {
    lock.lock();
    try {
      return closed ? null : deliveries.poll();
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
      while (deliveries.isEmpty() && !closed) {
        changed.await();
      }
      int share = closed ? 0 : Math.min(deliveries.size(), most);
      List<CoreDelivery> taken = new ArrayList<>(share);
      for (int i = 0; i < share; i++) {
        taken.add(deliveries.removeFirst());
      }
      return taken;
    } finally {
      lock.unlock();
    }
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
