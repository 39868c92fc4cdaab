package io.anymq.tck.guide;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where letters are taken. For one thread, the first that calls {@link #lease}; the others may call
 * {@link #wake} alone.
 */
final class PostWindow {

  private final PostVisit visit;
  private final PostBox box;
  private final Runnable atEnd;
  private final Set<Lease> leased = new LinkedHashSet<>();
  private boolean woken;
  private boolean closed;
  private @Nullable Thread owner;

  PostWindow(PostVisit visit, PostBox box, Runnable atEnd) {
    this.visit = visit;
    this.box = box;
    this.atEnd = atEnd;
  }

  /** Leases the first letter; waits for one; returns empty when the time is over, or when woken. */
  Optional<Lease> lease(Duration wait) throws PostException {
    return visit.inside(
        () -> {
          requireOwner();
          Optional<Lease> first = firstOrWait(wait);
          first.ifPresent(leased::add);
          return first;
        });
  }

  /** Makes the running call of {@link #lease}, or else the next one, return; for any thread. */
  void wake() {
    visit.office.lock.lock();
    try {
      woken = true;
      visit.office.changed.signalAll();
    } finally {
      visit.office.lock.unlock();
    }
  }

  /** Is done with a letter. */
  void keep(Lease lease) throws PostException {
    settle(lease, false);
  }

  /** Puts a letter back into its old place. */
  void putBack(Lease lease) throws PostException {
    settle(lease, true);
  }

  /** Puts back what is leased. */
  void close() {
    visit.office.lock.lock();
    try {
      end();
      visit.office.changed.signalAll();
    } finally {
      visit.office.lock.unlock();
    }
  }

  /** Under the lock. */
  void end() {
    if (!closed) {
      closed = true;
      leased.forEach(box::putBack);
      leased.clear();
      atEnd.run();
      visit.forget(this);
    }
  }

  private void settle(Lease lease, boolean back) throws PostException {
    visit.inside(
        () -> {
          requireOwner();
          if (leased.remove(lease) && back) {
            box.putBack(lease);
          }
          return true;
        });
  }

  private Optional<Lease> firstOrWait(Duration wait) throws PostException {
    long nanos = wait.toNanos();
    while (true) {
      requireThere();
      Optional<Lease> first = woken ? Optional.empty() : box.lease();
      if (first.isPresent() || woken || nanos <= 0) {
        woken = false;
        return first;
      }
      try {
        nanos = visit.office.changed.awaitNanos(nanos);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PostException(PostException.Why.GONE, "The wait was interrupted");
      }
    }
  }

  private void requireThere() throws PostException {
    if (closed) {
      throw new PostException(PostException.Why.GONE, "The window is closed");
    }
    if (box.removed()) {
      throw new PostException(PostException.Why.UNKNOWN_ADDRESS, "The box was removed");
    }
  }

  private void requireOwner() {
    if (owner == null) {
      owner = Thread.currentThread();
    }
    if (owner != Thread.currentThread()) {
      throw new IllegalStateException("This window belongs to " + owner.getName());
    }
  }
}
