package io.anymq.activemq;

import io.anymq.MessagingException;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ConsumerInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the broker look at all messages of queues that consumers select from. It reads a queue in
 * pages of 200 (its policy's {@code maxPageSize}), and no further while so many wait that nobody
 * selects: what stands behind them would never be found. A browser makes it read the next page; it
 * may select nothing itself, so that nothing is transferred. Where the policy's pages are smaller,
 * each look reads less, and what stands far behind comes later.
 *
 * <p>One thread for a link, while somebody selects. Whether messages have come, it asks the
 * statistics plug-in.
 */
final class ActiveMqPages {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqPages.class);

  /** How long a message may wait behind a full page that nobody selects. */
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** The broker's default; see {@code PolicyEntry.maxPageSize}. */
  private static final int PAGE = 200;

  private static final String NOTHING = "1 = 0";

  private final OpenWire wire;
  private final Function<ActiveMQDestination, Optional<ActiveMqStatistics.Counts>> statistics;
  private final Duration timeout;
  private final RareWarning faults = new RareWarning(ActiveMqPages.class);

  /** Guarded by itself. */
  private final Map<ActiveMQDestination, Watched> queues = new HashMap<>();

  private @Nullable Thread thread;

  /**
   * For one link.
   *
   * @param statistics tells the counts of a queue; empty when it does not exist
   * @param timeout how long the broker may take to read a page
   */
  ActiveMqPages(
      OpenWire wire,
      Function<ActiveMQDestination, Optional<ActiveMqStatistics.Counts>> statistics,
      Duration timeout) {
    this.wire = wire;
    this.statistics = statistics;
    this.timeout = timeout;
  }

  private static final class Watched {
    private int users;
    private long enqueued;
    private long dequeued;
  }

  /**
   * A consumer selects from a queue, from now on.
   *
   * @param queue the queue
   * @return says that it does no longer; saying it again does nothing
   */
  Runnable begin(ActiveMQDestination queue) {
    synchronized (queues) {
      if (thread == null) {
        Thread made = new Thread(this::run, "anymq-activemq-pages");
        made.setDaemon(true);
        made.start(); // it waits for this lock; where it cannot be started, nothing has begun
        thread = made;
      }
      queues.computeIfAbsent(queue, key -> new Watched()).users++;
    }
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        end(queue);
      }
    };
  }

  private void end(ActiveMQDestination queue) {
    synchronized (queues) {
      queues.computeIfPresent(queue, (key, watched) -> --watched.users == 0 ? null : watched);
      queues.notifyAll();
    }
  }

  private void run() {
    try {
      while (goesOn()) {
        Map<ActiveMQDestination, Watched> now;
        synchronized (queues) {
          now = Map.copyOf(queues);
        }
        now.forEach(this::look);
      }
    } catch (InterruptedException e) {
      LOG.debug("Nobody looks for messages behind full pages any more", e);
    }
  }

  /** Waits for a moment, unless there is nothing to do any more. */
  private boolean goesOn() throws InterruptedException {
    synchronized (queues) {
      if (!queues.isEmpty() && wire.isLive()) {
        queues.wait(INTERVAL.toMillis());
      }
      boolean goesOn = !queues.isEmpty() && wire.isLive();
      if (!goesOn) {
        thread = null;
      }
      return goesOn;
    }
  }

  private void look(ActiveMQDestination queue, Watched watched) {
    try {
      ActiveMqStatistics.Counts counts = statistics.apply(queue).orElse(ActiveMqStatistics.NONE);
      boolean moved =
          counts.enqueued() != watched.enqueued || counts.dequeued() != watched.dequeued;
      if (moved && counts.size() > counts.inFlight()) {
        long fresh = Math.max(0, counts.enqueued() - watched.enqueued);
        long unread = Math.min(counts.size(), watched.enqueued == 0 ? counts.size() : fresh);
        for (long page = 0; page <= unread / PAGE; page++) {
          if (!read(queue)) {
            return; // what was not read is still to be, so the counts stay those of before
          }
        }
      }
      watched.enqueued = counts.enqueued();
      watched.dequeued = counts.dequeued();
    } catch (MessagingException e) {
      LOG.debug("{} could not be looked at; it is tried again", queue, e);
    } catch (RuntimeException | Error e) { // or nobody would look for the others any more
      faults.warn(NativeText.of(queue) + " could not be looked at; it is tried again", e);
    }
  }

  /**
   * Has the broker read one page more; when it has, the browser, which gets nothing, is at its end.
   *
   * @return whether it has
   */
  private boolean read(ActiveMQDestination queue) {
    CountDownLatch end = new CountDownLatch(1);
    ConsumerInfo browser = new ConsumerInfo(wire.newConsumerId());
    browser.setDestination(queue);
    browser.setBrowser(true);
    browser.setSelector(NOTHING);
    browser.setPrefetchSize(1);
    browser.setDispatchAsync(true);
    wire.addConsumer(
        NativeText.of(queue) + " could not be read further", browser, dispatch -> end.countDown());
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      boolean ended = false;
      while (!ended && wire.isLive() && System.nanoTime() < deadline) {
        ended = end.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      wire.detach(browser.getConsumerId());
      wire.send(NativeText.of(queue) + " could not be left", browser.createRemoveCommand());
    }
  }
}
