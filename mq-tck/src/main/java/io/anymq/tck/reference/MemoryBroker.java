package io.anymq.tck.reference;

import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker inside this JVM, with faults on demand. It begins running, empty, and with no password.
 * May be used by several threads.
 */
public final class MemoryBroker {

  /** Longer than any rule waits for a send whose time limit has passed. */
  private static final Duration UNREAD = Duration.ofSeconds(8);

  private static final ConcurrentMap<String, MemoryBroker> BROKERS = new ConcurrentHashMap<>();

  private record Credentials(String user, String password) {}

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final MemoryStore store = new MemoryStore(this::lockedRun);
  private final Set<MemoryLink> links = new LinkedHashSet<>();
  private final Map<String, Network> networks = new HashMap<>();
  private boolean running = true;
  private boolean reachable = true;
  private final Condition changed = lock.newCondition();
  private boolean frozen;
  private @Nullable Credentials credentials;

  private MemoryBroker(String name) {
    this.name = name;
  }

  /**
   * The broker of a name; made if it is not there.
   *
   * @param name the name, as in {@code memory:name}
   * @return the broker
   */
  public static MemoryBroker named(String name) {
    return BROKERS.computeIfAbsent(name, MemoryBroker::new);
  }

  /** Stops the broker and forgets it with all that it holds. */
  public void remove() {
    stop();
    BROKERS.remove(name, this);
  }

  /** Loses all links, and refuses new ones until {@link #start}; forgets what is not persistent. */
  public void stop() {
    locked(() -> running = false);
    dropLinks();
    lockedRun(store::forgetTransient);
  }

  /** Runs again, on the data that {@link #stop} left. */
  public void start() {
    locked(() -> running = true);
  }

  /** Loses all links; new ones can be made at once. What they have not confirmed stays so. */
  public void dropLinks() {
    drop(link -> true);
  }

  /**
   * Loses the links of a route, and refuses new ones until {@link #restore}.
   *
   * @param route the route, as in {@code memory:name/route}
   */
  public void cut(String route) {
    lockedRun(() -> network(route).cut = true);
    drop(link -> link.route().equals(route));
  }

  /**
   * From now on nothing reaches the broker of what clients send by a route, until {@link #cut} or
   * {@link #restore}.
   *
   * @param route the route
   */
  public void swallowRequests(String route) {
    lockedRun(() -> network(route).swallowsRequests = true);
  }

  /**
   * From now on nothing of what the broker sends by a route comes to the clients, until {@link
   * #cut} or {@link #restore}.
   *
   * @param route the route
   */
  public void swallowAnswers(String route) {
    lockedRun(() -> network(route).swallowsAnswers = true);
  }

  /**
   * Ends a {@link #cut}, or a swallowing: then the links are lost to which that happened.
   *
   * @param route the route
   */
  public void restore(String route) {
    lockedRun(() -> network(route).mend());
    drop(link -> link.route().equals(route) && link.isDamaged());
  }

  /** The network of a route; under the lock. */
  Network network(String route) {
    return networks.computeIfAbsent(route, any -> new Network());
  }

  private void drop(Predicate<MemoryLink> which) {
    List<MemoryLink> dropped = locked(() -> links.stream().filter(which).toList());
    ConnectionLostException cause =
        new ConnectionLostException("The link to memory:" + name + " was dropped");
    dropped.forEach(link -> link.lose(cause));
  }

  /**
   * Sets whether new links can be made; those there are not touched.
   *
   * @param reachable whether
   */
  public void reachable(boolean reachable) {
    locked(() -> this.reachable = reachable);
  }

  /**
   * Answers nothing and delivers nothing until {@link #thaw}; what is sent is stored. Links notice
   * when {@link MemoryBackend#SILENCE_LIMIT} says so.
   */
  public void freeze() {
    List<MemoryLink> all =
        locked(
            () -> {
              frozen = true;
              return List.copyOf(links);
            });
    all.forEach(MemoryLink::watchSilence);
  }

  /** Ends a {@link #freeze}: what was held back is confirmed, unless its link has gone. */
  public void thaw() {
    List<MemoryLink> all =
        locked(
            () -> {
              frozen = false;
              changed.signalAll();
              return List.copyOf(links);
            });
    all.forEach(MemoryLink::thaw);
  }

  /**
   * Asks every new link for these from now on.
   *
   * @param user the user
   * @param password the password
   */
  public void requireCredentials(String user, String password) {
    locked(() -> credentials = new Credentials(user, password));
  }

  /**
   * Writes to a queue as a native client does.
   *
   * @param queue the queue; it exists
   * @param record what to write
   */
  public void write(Queue queue, MemoryRecord record) {
    lockedRun(() -> store.publish(queue, record));
  }

  /**
   * Takes the first message of a queue as a native client does.
   *
   * @param queue the queue; it exists
   * @return the record, or empty when there is none
   */
  public Optional<MemoryRecord> read(Queue queue) {
    return locked(
        () -> {
          MemoryQueue from = store.queue(queue);
          List<Stored> first = from.take(1, any -> true);
          first.forEach(from::done);
          return first.stream().map(stored -> stored.record).findFirst();
        });
  }

  Link connect(LinkRequest request, String route) {
    return locked(
        () -> {
          requireConnectable(request, route);
          MemoryLink link =
              request.options().get(MemoryBackend.ATOMIC_COMMIT)
                  ? new AtomicMemoryLink(this, request, route)
                  : new MemoryLink(this, request, route);
          links.add(link);
          return link;
        });
  }

  void forget(MemoryLink link) {
    lockedRun(
        () -> {
          links.remove(link);
          changed.signalAll();
        });
  }

  MemoryStore store() {
    return store;
  }

  boolean frozen() {
    return locked(() -> frozen);
  }

  /** Waits under the lock while nothing is answered; throws when that takes too long. */
  void awaitAnswer(Duration timeout, BooleanSupplier silent) {
    long left = timeout.toNanos();
    try {
      while (silent.getAsBoolean() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(
          ErrorCode.INTERRUPTED, "Interrupted while waiting for an answer", e);
    }
    if (silent.getAsBoolean()) {
      throw new MessagingTimeoutException("memory:" + name + " did not answer in time");
    }
  }

  /** Blocks as a full socket does while a broker reads nothing; a time limit keeps tests short. */
  void awaitReading() {
    lock.lock();
    try {
      long left = UNREAD.toNanos();
      while (frozen && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  void lockedRun(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void requireConnectable(LinkRequest request, String route) throws MessagingException {
    if (!running || !reachable || frozen || network(route).cut) {
      throw new ConnectFailedException(
          "Nobody answers at memory:" + name + "; start that broker first");
    }
    Credentials wanted = credentials;
    if (wanted != null
        && !(request.user().equals(Optional.of(wanted.user()))
            && request.password().equals(Optional.of(wanted.password())))) {
      throw new AuthenticationException(
          "memory:" + name + " refuses the user and password; check both");
    }
  }
}
