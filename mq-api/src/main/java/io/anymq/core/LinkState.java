package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionState;
import io.anymq.MessagingException;
import io.anymq.spi.Link;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection's state machine, and the link of the moment: OPENING → OPEN ⇄ RECOVERING, and from
 * each of them → CLOSING → CLOSED. Thread-safe; its lock is held for moments only, and nothing is
 * called with it held but the events' queue.
 */
final class LinkState {

  private final String url;
  private final StateEvents events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ConnectionState state = ConnectionState.OPENING;
  private @Nullable Current current;
  private boolean removed;
  private @Nullable MessagingException failure;

  /** Volatile, for every send asks for it. */
  private volatile @Nullable Capabilities capabilities;

  LinkState(String url, StateEvents events) {
    this.url = url;
    this.events = events;
    tell(ConnectionState.OPENING, null);
  }

  /**
   * A link in use.
   *
   * @param link the link
   * @param epoch its number, one higher with each link
   * @param capabilities what it can do, with what the core adds
   */
  record Current(Link link, long epoch, Capabilities capabilities) {}

  ConnectionState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    ConnectionState now = state();
    return now == ConnectionState.CLOSING || now == ConnectionState.CLOSED;
  }

  /** What the present link can do, or the last one while there is none. */
  Capabilities capabilities() {
    Capabilities known = capabilities;
    if (known == null) {
      throw closed();
    }
    return known;
  }

  /** The link of the moment, or null. */
  @Nullable Current current() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  boolean isCurrent(long epoch) {
    Current now = current();
    return now != null && now.epoch() == epoch;
  }

  /** With the lock held. */
  private void become(ConnectionState next, @Nullable MessagingException cause) {
    state = next;
    changed.signalAll();
    tell(next, cause);
  }

  /** An event that cannot be told holds nobody up. */
  private void tell(ConnectionState next, @Nullable MessagingException cause) {
    Guard.run(() -> events.publish(next, cause));
  }

  /** Takes a link into use; false when nobody wants it any more. */
  boolean install(Current next) {
    lock.lock();
    try {
      if (state != ConnectionState.OPENING && state != ConnectionState.RECOVERING) {
        return false;
      }
      current = next;
      capabilities = next.capabilities();
      become(ConnectionState.OPEN, null);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The link is lost: begins to recover; false when it is not the link in use. */
  boolean lose(long epoch, MessagingException cause) {
    lock.lock();
    try {
      if (state != ConnectionState.OPEN || current == null || current.epoch() != epoch) {
        return false;
      }
      current = null;
      become(ConnectionState.RECOVERING, cause);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The link is lost, and there is to be no other; false when it is not the link in use. */
  boolean loseForGood(long epoch, MessagingException cause) {
    lock.lock();
    try {
      if (state != ConnectionState.OPEN || current == null || current.epoch() != epoch) {
        return false;
      }
      current = null;
      failure = cause;
      become(ConnectionState.CLOSED, cause);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Recovery is given up; false when the connection has been closed meanwhile. */
  boolean giveUp(MessagingException cause) {
    lock.lock();
    try {
      if (state != ConnectionState.RECOVERING) {
        return false;
      }
      failure = cause;
      become(ConnectionState.CLOSED, cause);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Begins to close; false when somebody else has. */
  boolean beginClose() {
    lock.lock();
    try {
      if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
        return false;
      }
      become(ConnectionState.CLOSING, null);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a link that came too late to be used: what lives on it is about to be closed in order,
   * and the link behind that; false when that is over.
   */
  boolean keepForClose(Current next) {
    lock.lock();
    try {
      if (state != ConnectionState.CLOSING || removed) {
        return false;
      }
      current = next;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up the last link, to be closed. */
  @Nullable Current remove() {
    lock.lock();
    try {
      removed = true;
      Current last = current;
      current = null;
      return last;
    } finally {
      lock.unlock();
    }
  }

  void finishClose() {
    lock.lock();
    try {
      become(ConnectionState.CLOSED, null);
    } finally {
      lock.unlock();
    }
  }

  /** Waits, unless the connection closes; whether it still recovers then. */
  boolean pause(Deadline end) {
    lock.lock();
    try {
      return !Waits.until(lock, changed, () -> state != ConnectionState.RECOVERING, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a link with a higher number than this.
   *
   * @throws ConnectionLostException when there was none in time
   * @throws ClosedException when the connection closes
   */
  Current await(long after, Deadline deadline) {
    lock.lock();
    try {
      while (current == null || current.epoch() <= after) {
        if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
          throw closed();
        }
        if (!Waits.until(lock, changed, () -> isDecided(after), deadline)) {
          throw new ConnectionLostException(
              "The connection to %s is lost and was not recovered in time; it goes on trying"
                  .formatted(url));
        }
      }
      return current;
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private boolean isDecided(long after) {
    return (current != null && current.epoch() > after)
        || state == ConnectionState.CLOSING
        || state == ConnectionState.CLOSED;
  }

  /** What to throw from a call on a closed connection. */
  ClosedException closed() {
    lock.lock();
    try {
      return failure != null
          ? new ClosedException("The connection is closed: " + failure.getMessage(), failure)
          : new ClosedException("The connection to " + url + " is closed");
    } finally {
      lock.unlock();
    }
  }
}
