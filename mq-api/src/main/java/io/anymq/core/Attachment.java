package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.MessagingException;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer's stay on one link. Deliveries belong to it, and so settlements that come after it has
 * ended reach nothing. Collects acceptances, and hands them over in batches: when there are enough,
 * when the consumer has nothing else to do, and a millisecond after the first at the latest.
 */
final class Attachment {

  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

  /** Long enough to gather what a busy consumer accepts, short against a round trip to a broker. */
  private static final Duration GATHERING = Duration.ofMillis(1);

  /** Beyond this, a larger batch of acknowledgements no longer pays: docs/adr/0002. */
  private static final int MAX_BATCH = 64;

  private final Threads threads;
  private final long epoch;
  private final int batch;
  private final DeliveryBuffer buffer;
  private final boolean keepsReleased;
  private List<InboundDelivery> accepted = new ArrayList<>();
  private final List<Runnable> earlyReleases = new ArrayList<>();
  private final Set<InboundDelivery> parked = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean flushPlanned;
  private volatile boolean ended;
  private @Nullable LinkConsumer link;

  /**
   * Begins a stay.
   *
   * @param gathering how many unsettled deliveries there may be, to gather acceptances by
   * @param buffer is told what is done with
   * @param keepsReleased whether what is released stays here, whatever the backend could do
   */
  Attachment(
      Threads threads, long epoch, int gathering, DeliveryBuffer buffer, boolean keepsReleased) {
    this.threads = threads;
    this.epoch = epoch;
    this.buffer = buffer;
    this.keepsReleased = keepsReleased;
    // A quarter of the prefetch, so that the broker can send on while a batch is on its way.
    this.batch = Math.max(1, Math.min(MAX_BATCH, gathering / 4));
  }

  long epoch() {
    return epoch;
  }

  /** The link's consumer is open; what was settled while it opened is handed over now. */
  synchronized void open(LinkConsumer consumer) {
    link = consumer;
    earlyReleases.forEach(Runnable::run);
    earlyReleases.clear();
    flush();
  }

  synchronized @Nullable LinkConsumer link() {
    return link;
  }

  /** The link's consumer, where it is known to be open. */
  LinkConsumer openLink() {
    return requireNonNull(link(), "the link's consumer is not open");
  }

  boolean ended() {
    return ended;
  }

  /** Accepts a delivery; false when that reaches nothing, as this stay has ended. */
  boolean accept(InboundDelivery delivery) {
    boolean gathered = gather(delivery);
    buffer.done(delivery);
    return gathered;
  }

  private synchronized boolean gather(InboundDelivery delivery) {
    if (ended) {
      return false;
    }
    accepted.add(delivery);
    if (accepted.size() >= batch) {
      flush();
    } else if (!flushPlanned) {
      flushPlanned = true;
      threads.settleAfter(GATHERING, this::plannedFlush);
    }
    return true;
  }

  /**
   * Accepts, and hands over by this thread what is gathered.
   *
   * @return false when its consumer has ended, or the backend cannot be told, so that it comes
   *     again
   */
  boolean acceptNow(InboundDelivery delivery) {
    try {
      return gatherAndFlush(delivery);
    } finally {
      buffer.done(delivery);
    }
  }

  private synchronized boolean gatherAndFlush(InboundDelivery delivery) {
    if (ended) {
      return false;
    }
    accepted.add(delivery);
    return flush();
  }

  private synchronized void plannedFlush() {
    flushPlanned = false;
    flush();
  }

  /** Hands over what is gathered; false when the backend could not be told. */
  synchronized boolean flush() {
    if (link == null || accepted.isEmpty() || ended) {
      return accepted.isEmpty();
    }
    List<InboundDelivery> batchNow = accepted;
    accepted = new ArrayList<>(batchNow.size());
    return settle(link, Outcome.ACCEPT, batchNow);
  }

  /**
   * Gives a delivery back, after a while. Where the backend does not keep it for so long, it stays
   * unsettled here.
   *
   * @param deliverAgain delivers it here, where the backend takes no single message back
   */
  synchronized void release(InboundDelivery delivery, Duration delay, Runnable deliverAgain) {
    if (ended) {
      return;
    }
    if (delay.toMillis() == 0) {
      release(delivery, deliverAgain);
    } else if (!keepsReleased && link instanceof DelayedRelease later) {
      flush();
      releaseLater(later, delivery, delay);
    } else {
      park(delivery);
      threads.settleAfter(delay, () -> releaseParked(delivery, deliverAgain));
    }
  }

  /** Whether a release may give a message back to the backend, in place of delivering it here. */
  synchronized boolean mayTakeBack() {
    LinkConsumer consumer = link;
    return !keepsReleased
        && (consumer == null || consumer.releasesNatively() || consumer instanceof DelayedRelease);
  }

  private void releaseParked(InboundDelivery delivery, Runnable deliverAgain) {
    unpark(delivery);
    release(delivery, deliverAgain);
  }

  /**
   * Keeps a delivery unsettled while it waits for something, out of the way of others: where the
   * backend can, it takes no place of the prefetch. There is a bound to how many do not.
   */
  synchronized void park(InboundDelivery delivery) {
    buffer.park(delivery);
    boolean room = !ended && link instanceof Parking && parked.size() < Parking.MOST;
    if (room && parked.add(delivery) && link instanceof Parking lot) {
      lot.park(delivery);
    }
  }

  /** Whether the backend is given what waits for its dead-letter queue. */
  synchronized boolean putsAside() {
    return !ended && !(link instanceof Parking) && link instanceof DelayedRelease;
  }

  /**
   * Keeps a delivery out of the way of others while its dead-letter queue refuses: parked, or,
   * where it would take a place of the prefetch, with the backend, which delivers it again later.
   *
   * @return whether the backend has it
   */
  synchronized boolean putAside(InboundDelivery delivery, Duration pause) {
    if (putsAside() && link instanceof DelayedRelease later) {
      flush();
      releaseLater(later, delivery, pause);
      buffer.done(delivery);
      return true;
    }
    park(delivery);
    return false;
  }

  /** Ends the stay of a parked delivery, before it is settled or delivered again. */
  synchronized void unpark(InboundDelivery delivery) {
    if (parked.remove(delivery) && !ended && link instanceof Parking lot) {
      lot.unpark(delivery);
    }
  }

  private static void releaseLater(
      DelayedRelease consumer, InboundDelivery delivery, Duration delay) {
    try {
      consumer.release(delivery, delay);
    } catch (MessagingException e) {
      LOG.debug("Not released; the message comes again", e);
    } catch (RuntimeException e) {
      LOG.error("The adapter failed, which is a defect of it; not released", e);
    }
  }

  private synchronized void release(InboundDelivery delivery, Runnable deliverAgain) {
    LinkConsumer consumer = link;
    if (ended) {
      return;
    }
    if (consumer == null) {
      earlyReleases.add(() -> release(delivery, deliverAgain));
    } else if (!keepsReleased && consumer.releasesNatively()) {
      flush();
      settle(consumer, Outcome.RELEASE, List.of(delivery));
    } else {
      deliverAgain.run();
    }
  }

  private static boolean settle(
      LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
    try {
      consumer.settle(outcome, deliveries);
      return true;
    } catch (MessagingException e) {
      LOG.debug("Not settled; these messages come again", e);
      return false;
    }
  }

  /** The link is lost: what is settled from now on reaches nothing. */
  synchronized void end() {
    ended = true;
    accepted.clear();
    earlyReleases.clear();
    parked.clear();
  }

  /** Hands over what was settled, and closes the link's consumer, unless its link is lost. */
  void close() {
    LinkConsumer consumer;
    synchronized (this) {
      Guard.run(
          this::flush,
          e -> LOG.error("The adapter failed, which is a defect of it; not settled", e));
      consumer = ended ? null : link;
      ended = true;
    }
    if (consumer != null) {
      consumer.close();
    }
  }
}
