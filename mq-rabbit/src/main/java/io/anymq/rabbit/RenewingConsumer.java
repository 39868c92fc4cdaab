package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A key-ordered consumer of a queue whose prefetch cannot be changed while it consumes, as a quorum
 * queue's. When parked messages fill much of it, another native consumer of the same channel takes
 * its place with a prefetch of its own: what the one before holds stays with the channel.
 *
 * <p>The order stays, as the place changes only while nothing is on its way: the prefetch is full.
 * What is settled meanwhile would let something come to the old one, so the broker is told
 * afterwards. At the channel's end the queue takes back what its consumers held, one after the
 * other, in the order of their tags.
 *
 * <p>At a change it holds one and a half times the prefetch at most, beside what is parked.
 *
 * <p>A quorum queue keeps the order of so many consumers of a channel alone. When that many hold
 * something, what is parked takes a place until one of them holds nothing any more.
 */
final class RenewingConsumer extends RabbitConsumer implements Parking {

  /**
   * How many native consumers there are, or are cancelled and hold something, at most. One more
   * takes what is on its way when all ends.
   */
  static final int MOST = Ending.MOST - 1;

  private final NativeConnection connection;
  private final Channel channel;
  private final String doing;
  private final Duration patience;

  // Guarded by the lock under which settlements are written.
  private final Set<InboundDelivery> parked = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Queue<Settlement> later = new ArrayDeque<>();
  private int prefetch;
  private int place = 1;
  private boolean renewing;
  private boolean ended;

  /** The place did not change, or nobody knows; no other change begins. */
  private boolean uncertain;

  /** What was settled while the place changed. */
  private record Settlement(Outcome outcome, List<RabbitDelivery> deliveries) {}

  RenewingConsumer(Setup setup, Duration patience) {
    super(setup);
    connection = setup.connection();
    channel = setup.channel();
    doing = "Consuming from " + setup.source().origin();
    this.patience = patience;
  }

  @Override
  void limit(int atMost) throws IOException {
    prefetch = atMost;
    super.limit(atMost);
  }

  @Override
  int place() {
    synchronized (unsettled) {
      return place;
    }
  }

  @Override
  public void park(InboundDelivery delivery) {
    synchronized (unsettled) {
      parked.add(delivery);
      renewIfFull();
    }
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    synchronized (unsettled) {
      parked.remove(delivery);
    }
  }

  @Override
  void arrived() {
    synchronized (unsettled) {
      renewIfFull();
    }
  }

  @Override
  boolean tell(Outcome outcome, List<RabbitDelivery> ours) {
    if (renewing) {
      later.add(new Settlement(outcome, ours));
      return false;
    }
    boolean told = super.tell(outcome, ours);
    renewIfFull(); // the ones before hold less
    return told;
  }

  private void renewIfFull() {
    if (mayRenew() && onTheirWay() == 0 && parkedAreMany()) {
      Thread thread = connection.thread("renew", this::renew);
      renewing = true;
      try {
        thread.start();
      } catch (Throwable e) {
        renewing = false; // or no settlement would ever be told
        throw e;
      }
    }
  }

  private boolean mayRenew() {
    boolean idle = !renewing && !ended && !uncertain;
    return idle && !parked.isEmpty() && unsettled.olderRuns() + 1 < MOST && channel.isOpen();
  }

  /** Against what the consumers before hold, and half of the prefetch. */
  private boolean parkedAreMany() {
    long before = arrivals() - unsettled.settled() - prefetch;
    return parked.size() >= before + (prefetch + 1) / 2;
  }

  /** On a thread of its own, as the broker may be silent. */
  private void renew() {
    int before = place();
    try {
      long all = arrivals();
      consume(before + 1);
      synchronized (unsettled) {
        place = before + 1;
        unsettled.mark(all);
      }
      channel.basicCancel(Ending.tag(before));
    } catch (IOException | ShutdownSignalException e) {
      // Whether there are two now, nobody knows. It breaks, and with its channel both end.
      failToRenew(before);
      fail(connection.failure(e, doing));
    } finally {
      renewed();
    }
  }

  /**
   * The one before is cancelled before a place of it gets free: otherwise it could get what comes
   * behind what the other one has. Nobody waits for an answer, which the broker may not give.
   */
  private void failToRenew(int before) {
    synchronized (unsettled) {
      uncertain = true;
      try {
        if (channel.isOpen()) {
          String tag = Ending.tag(before);
          channel.asyncRpc(new AMQP.Basic.Cancel.Builder().consumerTag(tag).nowait(true).build());
        }
      } catch (IOException | ShutdownSignalException e) {
        // With the channel both have ended.
        NativeConnection.LOG.debug("Cancelling a consumer while its place changes", e);
      }
    }
  }

  /** What is noted of the accepted ones is written without the lock: such a write may block. */
  private void renewed() {
    List<RabbitDelivery> accepted = new ArrayList<>();
    synchronized (unsettled) {
      renewing = false;
      for (Settlement each = later.poll(); each != null; each = later.poll()) {
        boolean told = super.tell(each.outcome(), each.deliveries());
        if (told && each.outcome() == Outcome.ACCEPT) {
          accepted.addAll(each.deliveries());
        }
      }
      unsettled.notifyAll();
      renewIfFull();
    }
    accepted.forEach(RabbitDelivery::accepted);
  }

  /** Not while the place changes, which may take longer than anybody waits here. */
  @Override
  boolean isCertain() {
    synchronized (unsettled) {
      return !renewing && !uncertain;
    }
  }

  /**
   * What was settled while the place changes is told before, or it would come again: whoever
   * interrupts cuts nothing short.
   */
  @Override
  void end() {
    stopDelivering();
    boolean interrupted = isInterruptedUntilChanged();
    super.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isInterruptedUntilChanged() {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    synchronized (unsettled) {
      ended = true;
      long left = patience.toMillis();
      while (renewing && left > 0 && !RabbitThreads.isClientThread()) {
        interrupted |= isInterruptedIn(left);
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    }
    return interrupted;
  }

  /** Waits for word of the change, with the lock held. */
  private boolean isInterruptedIn(long millis) {
    try {
      unsettled.wait(millis);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
