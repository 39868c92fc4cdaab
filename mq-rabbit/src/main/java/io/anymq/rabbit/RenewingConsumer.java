package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
 * <p>All together it holds one and a half times the prefetch at most, beside what is parked.
 */
final class RenewingConsumer extends RabbitConsumer implements Parking {

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

  /** What was settled while the place changed. */
  private record Settlement(Outcome outcome, List<? extends InboundDelivery> deliveries) {}

  RenewingConsumer(
      NativeConnection connection,
      Channel channel,
      RabbitSource source,
      RabbitMapper mapper,
      DeliverySink sink,
      @Nullable HandOutLog log,
      Duration patience,
      Consumer<RabbitConsumer> atClose) {
    super(connection, channel, source, mapper, sink, log, atClose);
    this.connection = connection;
    this.channel = channel;
    this.doing = "Consuming from " + source.origin();
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
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    synchronized (unsettled) {
      if (renewing) {
        later.add(new Settlement(outcome, List.copyOf(deliveries)));
      } else {
        super.settle(outcome, deliveries);
      }
    }
  }

  private void renewIfFull() {
    if (!renewing && !ended && onTheirWay() == 0 && parkedAreMany()) {
      renewing = true;
      connection.thread("renew", this::renew).start();
    }
  }

  /** Against what the consumers before hold, and half of the prefetch. */
  private boolean parkedAreMany() {
    long before = arrivals() - unsettled.settled() - prefetch;
    return parked.size() >= before + (prefetch + 1) / 2;
  }

  /** On a thread of its own, as the broker may be silent. */
  private void renew() {
    try {
      long all = arrivals();
      consume(place + 1);
      synchronized (unsettled) {
        place++;
        unsettled.mark(all);
      }
      channel.basicCancel(Ending.tag(place - 1));
    } catch (IOException | ShutdownSignalException e) {
      // Whether there are two now, nobody knows. It breaks, and with its channel both end.
      fail(RabbitErrors.translate(e, doing));
    } finally {
      renewed();
    }
  }

  private void renewed() {
    synchronized (unsettled) {
      renewing = false;
      for (Settlement each = later.poll(); each != null; each = later.poll()) {
        super.settle(each.outcome(), each.deliveries());
      }
      unsettled.notifyAll();
      renewIfFull();
    }
  }

  /** What was settled while the place changes is told before. */
  @Override
  void end() {
    stopDelivering();
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (unsettled) {
      ended = true;
      try {
        long left = patience.toMillis();
        while (renewing && left > 0 && !RabbitThreads.isClientThread()) {
          unsettled.wait(left);
          left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    super.end();
  }
}
