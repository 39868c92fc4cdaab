package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ConnectionState;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.spi.Link;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a link, and makes another when it is lost. The one place of recovery.
 *
 * <p>States: OPENING → OPEN ⇄ RECOVERING, and from each of them → CLOSING → CLOSED. All changes
 * happen under one lock; nothing of the SPI is called with the lock held. Recovery runs on the
 * connection's maintenance thread.
 */
final class Supervisor {

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** An orderly end of a link that is lost already is not worth waiting for. */
  private static final Duration LOST_LINK_CLOSE = Duration.ofSeconds(1);

  private final DefaultConnectionFactory factory;
  private final Threads threads;
  private final StateEvents events;
  private final Set<Child> children = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ConnectionState state = ConnectionState.OPENING;
  private @Nullable Current current;
  private @Nullable MessagingException failure;
  private long lastEpoch;

  /** Volatile, for every send asks for it. */
  private volatile @Nullable Capabilities capabilities;

  Supervisor(DefaultConnectionFactory factory, Threads threads, StateEvents events) {
    this.factory = factory;
    this.threads = threads;
    this.events = events;
  }

  /**
   * A link in use.
   *
   * @param link the link
   * @param epoch its number, one higher with each link
   * @param capabilities what it can do, with what the core adds
   */
  record Current(Link link, long epoch, Capabilities capabilities) {}

  /** Makes the first link; there is no second attempt. */
  void open() {
    events.publish(ConnectionState.OPENING, null);
    Fuse fuse = new Fuse();
    Current first = connect(fuse);
    if (!install(first, fuse)) {
      first.link().close(LOST_LINK_CLOSE);
      throw new ConnectionLostException(
          "The connection to " + factory.brokerUrl() + " broke as soon as it was made");
    }
  }

  Options options() {
    return factory.options();
  }

  /** What the present link can do, or the last one while there is none. */
  Capabilities capabilities() {
    Capabilities known = capabilities;
    if (known == null) {
      throw closed();
    }
    return known;
  }

  ConnectionState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Tells a link's loss to the supervisor once it is installed, and remembers an earlier one. */
  private final class Fuse implements LinkListener {
    private boolean blown;
    private @Nullable Current installed;

    @Override
    public void lost(MessagingException cause) {
      Current old;
      lock.lock();
      try {
        if (blown) {
          return;
        }
        blown = true;
        old = installed;
        if (old == null || state != ConnectionState.OPEN || old.epoch() != epochNow()) {
          return;
        }
        current = null;
        setState(ConnectionState.RECOVERING, cause);
      } finally {
        lock.unlock();
      }
      LOG.warn("Connection to {} lost: {}", factory.brokerUrl(), cause.getMessage());
      threads.maintain(() -> recover(old, cause));
    }
  }

  /** With the lock held. */
  private long epochNow() {
    return current == null ? 0 : current.epoch();
  }

  private Current connect(Fuse fuse) {
    long epoch;
    lock.lock();
    try {
      epoch = ++lastEpoch;
    } finally {
      lock.unlock();
    }
    LinkRequest request =
        new LinkRequest(factory.brokerUrl(), factory.options(), factory.names(), fuse);
    try {
      Link link = factory.backend().connect(request);
      Capabilities capabilities = CoreCapabilities.of(link);
      return new Current(link, epoch, capabilities);
    } catch (MessagingException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new MessagingException(
          ErrorCode.BACKEND_FAILURE, "The adapter failed to connect: " + e, e);
    }
  }

  /** Takes a link into use, unless it is lost already or nobody wants it any more. */
  private boolean install(Current next, Fuse fuse) {
    lock.lock();
    try {
      boolean wanted = state == ConnectionState.OPENING || state == ConnectionState.RECOVERING;
      if (fuse.blown || !wanted) {
        return false;
      }
      fuse.installed = next;
      current = next;
      capabilities = next.capabilities();
      setState(ConnectionState.OPEN, null);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held. */
  private void setState(ConnectionState next, @Nullable MessagingException cause) {
    state = next;
    events.publish(next, cause);
    changed.signalAll();
  }

  private void recover(Current lost, MessagingException cause) {
    leave(lost);
    if (!options().get(ConnectionOptions.RECOVERY)) {
      giveUp(cause);
      return;
    }
    Deadline deadline = recoveryDeadline();
    Backoff backoff = Backoff.of(options());
    MessagingException last = cause;
    while (!deadline.isOver()) {
      if (!pause(backoff.next())) {
        return;
      }
      try {
        if (recoverOnce()) {
          LOG.info("Connection to {} recovered", factory.brokerUrl());
          return;
        }
      } catch (MessagingException e) {
        LOG.info("Not recovered yet: {}", e.getMessage());
        last = e;
      }
    }
    giveUp(last);
  }

  private boolean recoverOnce() {
    Fuse fuse = new Fuse();
    Current next = connect(fuse);
    for (Child child : children) {
      restore(child, next, recoveryDeadline(), Backoff.of(options()));
    }
    if (install(next, fuse)) {
      return true;
    }
    leave(next);
    return false;
  }

  private void leave(Current old) {
    children.forEach(child -> child.detach(old.epoch()));
    try {
      old.link().close(LOST_LINK_CLOSE);
    } catch (RuntimeException e) {
      LOG.warn("Closing a lost link failed", e);
    }
  }

  /** Attaches a child, again and again if that may help, and ends it if it cannot. */
  private void restore(Child child, Current to, Deadline deadline, Backoff backoff) {
    try {
      child.attach(to.link(), to.epoch());
    } catch (MessagingException e) {
      if (!e.isTransient() || deadline.isOver()) {
        LOG.error("Cannot be made again after a recovery: {}", e.getMessage());
        child.fail(e);
        return;
      }
      LOG.info("Not made again yet: {}", e.getMessage());
      threads.after(
          backoff.next(),
          () -> threads.maintain(() -> restoreIfCurrent(child, to, deadline, backoff)));
    } catch (RuntimeException e) {
      child.fail(new MessagingException(ErrorCode.BACKEND_FAILURE, "The adapter failed: " + e, e));
    }
  }

  private void restoreIfCurrent(Child child, Current to, Deadline deadline, Backoff backoff) {
    if (children.contains(child) && isCurrent(to)) {
      restore(child, to, deadline, backoff);
    }
  }

  /** Opens a child again whose native counterpart broke while the link lives. */
  void reopen(Child child, long epoch) {
    threads.maintain(
        () -> {
          child.detach(epoch);
          Current now = currentOrNull();
          if (now != null) {
            restoreIfCurrent(child, now, recoveryDeadline(), Backoff.of(options()));
          }
        });
  }

  private Deadline recoveryDeadline() {
    return Deadline.in(options().get(ConnectionOptions.RECOVERY_TIMEOUT));
  }

  private boolean isCurrent(Current one) {
    Current now = currentOrNull();
    return now != null && now.epoch() == one.epoch();
  }

  @Nullable Current currentOrNull() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** Waits, unless the connection closes. */
  private boolean pause(Duration time) {
    Deadline end = Deadline.in(time);
    lock.lock();
    try {
      while (state == ConnectionState.RECOVERING && !end.isOver()) {
        changed.awaitNanos(end.remainingNanos());
      }
      return state == ConnectionState.RECOVERING;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void giveUp(MessagingException cause) {
    MessagingException last =
        new ConnectionLostException(
            "The connection to %s broke and was not recovered: %s"
                .formatted(factory.brokerUrl(), cause.getMessage()),
            cause);
    lock.lock();
    try {
      if (state != ConnectionState.RECOVERING) {
        return;
      }
      failure = last;
      setState(ConnectionState.CLOSED, last);
    } finally {
      lock.unlock();
    }
    children.forEach(child -> child.fail(last));
    threads.shutdown();
  }

  /** Adopts a child and attaches it, waiting for a link if need be. */
  void adopt(Child child) {
    children.add(child);
    try {
      call(
          now -> {
            child.attach(now.link(), now.epoch());
            return true;
          });
    } catch (RuntimeException e) {
      children.remove(child);
      throw e;
    }
    if (isClosing()) {
      children.remove(child);
      throw closed();
    }
  }

  void forget(Child child) {
    children.remove(child);
  }

  void tick() {
    children.forEach(Child::tick);
  }

  /**
   * Asks the broker something that may be asked twice: waits for a link, and asks again on the next
   * one when it was lost meanwhile, all within the operation time-out.
   */
  <T> T call(Function<Current, T> operation) {
    Deadline deadline = Deadline.in(options().get(ConnectionOptions.OPERATION_TIMEOUT));
    long after = 0;
    while (true) {
      Current now = await(after, deadline);
      try {
        return operation.apply(now);
      } catch (ConnectionLostException e) {
        after = now.epoch();
      }
    }
  }

  /** Waits for a link with a higher number than this. */
  Current await(long after, Deadline deadline) {
    lock.lock();
    try {
      while (current == null || current.epoch() <= after) {
        if (state == ConnectionState.CLOSING || state == ConnectionState.CLOSED) {
          throw closed();
        }
        if (deadline.isOver()) {
          throw new ConnectionLostException(
              "The connection to %s is lost and was not recovered in time; it goes on trying"
                  .formatted(factory.brokerUrl()));
        }
        changed.awaitNanos(deadline.remainingNanos());
      }
      return current;
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    ConnectionState now = state();
    return now == ConnectionState.CLOSING || now == ConnectionState.CLOSED;
  }

  /** What to throw from a call on a closed connection. */
  MessagingException closed() {
    lock.lock();
    try {
      return failure != null
          ? new ClosedException("The connection is closed: " + failure.getMessage(), failure)
          : new ClosedException("The connection to " + factory.brokerUrl() + " is closed");
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
      setState(ConnectionState.CLOSING, null);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Closes the link; everything that lived on it has been closed. */
  void finishClose(Duration timeout) {
    Current last;
    lock.lock();
    try {
      last = current;
      current = null;
    } finally {
      lock.unlock();
    }
    try {
      if (last != null) {
        last.link().close(timeout);
      }
    } finally {
      lock.lock();
      try {
        setState(ConnectionState.CLOSED, null);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until somebody else's close has ended. */
  void awaitClosed(Deadline deadline) {
    lock.lock();
    try {
      while (state != ConnectionState.CLOSED && !deadline.isOver()) {
        changed.awaitNanos(deadline.remainingNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return factory.brokerUrl() + ", " + state();
  }
}
