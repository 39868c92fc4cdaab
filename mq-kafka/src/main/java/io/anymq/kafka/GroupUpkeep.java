package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the settings of the share groups that a link consumes through, and tells consumers the
 * delivery limit that holds. An operator may change the settings, and another process may remove
 * them with a group that has no members yet: below a limit that nobody knows of the broker drops
 * messages. It looks {@value #FIRST_SECONDS} s after a consumer was made, every {@value
 * #INTERVAL_SECONDS} s, and when records come again. Safe for use by several threads.
 */
final class GroupUpkeep implements AutoCloseable {

  /** Longer than the removal of a group takes that had no members when it began. */
  static final long FIRST_SECONDS = 5;

  static final long INTERVAL_SECONDS = 30;

  /** How long what was found out holds where records come again and again. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long a lane waits for the answer; it has locks to renew. */
  private static final long PATIENCE_SECONDS = 3;

  private final GroupSettings settings;
  private final LinkState state;
  private final Duration patience;
  private final ReentrantLock looking = new ReentrantLock();
  private final Set<Upkeep> consumers = ConcurrentHashMap.newKeySet();
  private final RareWarning warning = new RareWarning(GroupUpkeep.class);
  private @Nullable ScheduledExecutorService clock;
  private boolean closed;

  /**
   * For one link.
   *
   * @param settings reaches the cluster
   * @param state tells whether there is anybody to ask
   * @param patience how long an operation may take
   */
  GroupUpkeep(GroupSettings settings, LinkState state, Duration patience) {
    this.settings = settings;
    this.state = state;
    this.patience = patience;
  }

  /** The upkeep of one consumer's group, until it ends. */
  final class Upkeep {

    private final DeliveryLimit limit;
    private final String group;
    private final boolean shortLocks;
    private long freshUntil = System.nanoTime();

    private Upkeep(DeliveryLimit limit, String group, boolean shortLocks) {
      this.limit = limit;
      this.group = group;
      this.shortLocks = shortLocks;
    }

    /**
     * Records have come again. Waits a moment for the limit that holds, unless it was just looked
     * at. Called by the lane that has the turn to fetch.
     */
    void beforeRedelivery() {
      if (System.nanoTime() - freshUntil >= 0) {
        await(lookSoon(this));
        freshUntil = System.nanoTime() + FRESH_NANOS;
      }
    }

    /** The consumer has closed: from now on nothing is set for its sake. */
    void end() {
      consumers.remove(this);
      long deadline = state.joinBy(patience);
      if (looking.isLocked() && Threads.tryLock(looking, deadline)) {
        looking.unlock();
      }
    }
  }

  /**
   * Begins with a consumer.
   *
   * @param limit is told the limit
   * @param group the share group
   * @param shortLocks whether its records are to be lent for as short a time as may be
   */
  Upkeep begin(DeliveryLimit limit, String group, boolean shortLocks) {
    Upkeep upkeep = new Upkeep(limit, group, shortLocks);
    ScheduledExecutorService running = running();
    if (running != null) {
      consumers.add(upkeep);
      ScheduledFuture<?> unused =
          running.schedule(
              Threads.guarded("The settings of group " + group, () -> look(List.of(upkeep))),
              FIRST_SECONDS,
              TimeUnit.SECONDS);
    }
    return upkeep;
  }

  private synchronized @Nullable ScheduledExecutorService running() {
    ScheduledExecutorService running = clock;
    if (running == null && !closed) {
      running =
          Executors.newSingleThreadScheduledExecutor(
              task -> Threads.daemon("anymq-kafka-groups", task));
      ScheduledFuture<?> unused =
          running.scheduleWithFixedDelay(
              Threads.guarded("The settings of groups", () -> look(List.copyOf(consumers))),
              INTERVAL_SECONDS,
              INTERVAL_SECONDS,
              TimeUnit.SECONDS);
      clock = running;
    }
    return closed ? null : running;
  }

  private @Nullable Future<?> lookSoon(Upkeep upkeep) {
    ScheduledExecutorService running = running();
    try {
      return running == null
          ? null
          : running.submit(
              Threads.guarded("The limit of group " + upkeep.group, () -> look(List.of(upkeep))));
    } catch (RejectedExecutionException e) {
      return null; // The link closes.
    }
  }

  private static void await(@Nullable Future<?> look) {
    if (look == null) {
      return;
    }
    try {
      Object unused = look.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      boolean unused = look.cancel(false); // What was known goes on to hold.
    }
  }

  private void look(List<Upkeep> all) {
    looking.lock(); // whoever ends waits until this is over
    try {
      lookAt(all);
    } finally {
      looking.unlock();
    }
  }

  private void lookAt(List<Upkeep> all) {
    List<Upkeep> open = all.stream().filter(consumers::contains).toList();
    if (open.isEmpty() || !state.isOpen()) {
      return;
    }
    Map<String, String> resets = new HashMap<>();
    open.forEach(each -> resets.put(each.group, ShareGroups.resetOf(each.group)));
    try {
      Map<String, Integer> limits = settings.renew(resets, this::refused);
      open.forEach(each -> each.limit.set(limits.getOrDefault(each.group, each.limit.get())));
      for (Upkeep each : open) {
        if (each.shortLocks) {
          Duration unused = settings.shortenLocks(each.group);
        }
      }
    } catch (MessagingException e) {
      if (state.isOpen()) {
        warning.warn("The settings of groups %s are not known".formatted(resets.keySet()), e);
      }
    }
  }

  private void refused(String group, MessagingException failure) {
    if (state.isOpen()) {
      warning.warn(
          "The settings of group %s were changed, and cannot be restored".formatted(group),
          failure);
    }
  }

  @Override
  public void close() {
    ScheduledExecutorService last;
    synchronized (this) {
      closed = true;
      last = clock;
    }
    consumers.clear();
    if (last != null) {
      last.shutdownNow();
    }
  }
}
