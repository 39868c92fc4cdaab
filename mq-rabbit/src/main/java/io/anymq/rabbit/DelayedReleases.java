package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.Outcome;
import io.anymq.spi.support.RareWarning;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has released messages of one queue wait at the broker: a copy takes the way of a delayed message
 * back to the queue, and when that is confirmed the original is accepted. A crash in between makes
 * it come twice, and never loses it. The copy tells how often the message was delivered, for the
 * broker counts anew. Sent by a thread of its own, as the way may have to be made.
 */
final class DelayedReleases {

  private static final String DOING = "Delaying a message";

  /** A lasting reason would have a line for each failure of a listener. */
  private final RareWarning failures = new RareWarning(NativeConnection.class);

  private final Supplier<NativeConnection> connection;
  private final RabbitDelays delays;
  private final RabbitDelays.Destined way;
  private final RabbitSource source;
  private final Duration patience;
  private final ScheduledThreadPoolExecutor thread;
  private final NavigableMap<Long, Release> unconfirmed = new ConcurrentSkipListMap<>();
  private final Object lock = new Object();
  private int underWay;
  private boolean closed;
  private volatile @Nullable Channel channel;

  /** One release. */
  private record Release(
      RabbitConsumer consumer, RabbitDelivery delivery, Duration delay, boolean first) {}

  /**
   * For one consumer.
   *
   * @param connection gives the connection that writes
   * @param owner makes the thread
   * @param patience how long a close waits for confirmations
   */
  DelayedReleases(
      Supplier<NativeConnection> connection,
      NativeConnection owner,
      RabbitDelays delays,
      RabbitSource source,
      Duration patience) {
    this.connection = connection;
    this.delays = delays;
    this.way = delays.destinedBack(source.queue());
    this.source = source;
    this.patience = patience;
    this.thread = new ScheduledThreadPoolExecutor(1, work -> owner.thread("release", work));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Releases a delivery; returns at once. */
  void add(RabbitConsumer consumer, RabbitDelivery delivery, Duration delay) {
    Duration possible = delay.compareTo(DelayPath.LONGEST) > 0 ? DelayPath.LONGEST : delay;
    Release release = new Release(consumer, delivery, possible, true);
    synchronized (lock) {
      if (closed) {
        return; // it goes back with all that is unsettled
      }
      underWay++;
      thread.execute(() -> send(release));
    }
  }

  private void send(Release release) {
    RabbitDelivery delivery = release.delivery();
    long sequence = -1;
    try {
      if (connection.get().isBlocked()) {
        failed(release, "the broker has stopped taking messages");
        return;
      }
      DelayPath path = DelayPath.of(release.delay(), isUrgent(delivery));
      way.prepare(path);
      Channel open = open();
      FrameBudget frame = new FrameBudget(open.getConnection().getFrameMax());
      sequence = open.getNextPublishSeqNo();
      Map<String, Object> more = new LinkedHashMap<>();
      way.describe(path, more);
      more.put(DeliveryHistory.DELIVERED, delivery.deliveryCount());
      more.put(DeliveryHistory.HANDED_OUT, delivery.handOutsOfCopy());
      more.put(RabbitMapper.SEQUENCE, sequence);
      BasicProperties copy = NativeCopy.waiting(delivery, more);
      frame.requireCopy(copy, source.origin());
      unconfirmed.put(sequence, release);
      String exchange = RabbitDelays.exchange(path);
      open.basicPublish(
          exchange, source.queue(), true, false, copy, delivery.message().bodyBuffer(), null);
    } catch (IOException | ShutdownSignalException e) {
      failed(sequence, release, RabbitErrors.translate(e, DOING));
    } catch (MessagingException | IllegalArgumentException e) {
      if (unconfirmed.remove(sequence, release)) {
        giveUpChannel(); // the client may have counted it, and the broker has not
      }
      failed(release, String.valueOf(RabbitErrors.translate(e, DOING).getMessage()));
    }
  }

  private void giveUpChannel() {
    Channel open = channel;
    if (open != null) {
      NativeConnection.closeQuietly(open);
    }
  }

  /** Brokers from 4.0 on let it overtake the others. */
  private static boolean isUrgent(RabbitDelivery delivery) {
    Integer priority = delivery.properties().getPriority();
    return priority != null && priority > Message.DEFAULT_PRIORITY;
  }

  private Channel open() {
    Channel open = channel;
    if (open != null && open.isOpen()) {
      return open;
    }
    Channel made = connection.get().channel("Delaying messages of " + source.origin());
    try {
      made.confirmSelect();
    } catch (IOException | ShutdownSignalException e) {
      throw RabbitErrors.translate(e, "Delaying messages of " + source.origin());
    }
    made.addReturnListener(this::returned);
    made.addConfirmListener(this::confirmed, this::refused);
    made.addShutdownListener(this::shutDown);
    channel = made;
    return made;
  }

  private void confirmed(long sequence, boolean multiple) {
    for (Release each : take(sequence, multiple)) {
      each.delivery().copied();
      each.consumer().settle(Outcome.ACCEPT, List.of(each.delivery()));
      done();
    }
  }

  private void refused(long sequence, boolean multiple) {
    take(sequence, multiple)
        .forEach(each -> failed(each, "the broker did not take responsibility (basic.nack)"));
  }

  private List<Release> take(long sequence, boolean multiple) {
    Map<Long, Release> taken =
        multiple
            ? unconfirmed.headMap(sequence, true)
            : unconfirmed.subMap(sequence, true, sequence, true);
    List<Release> all = List.copyOf(taken.values());
    taken.clear();
    return all;
  }

  /** Somebody has deleted the queues in which messages wait. */
  private void returned(Return returned) {
    delays.forget();
    RabbitMapper.sequence(returned.getProperties())
        .ifPresent(
            sequence ->
                take(sequence, false)
                    .forEach(each -> again(each, "the queues anymq/wait/… were deleted")));
  }

  /** The broker names the size of one that is too large: it has ended the channel for all. */
  private void shutDown(ShutdownSignalException signal) {
    delays.forget();
    OptionalLong tooLarge = RabbitErrors.tooLargeSize(signal);
    String why =
        RabbitErrors.closeText(signal).orElseGet(() -> String.valueOf(signal.getMessage()));
    for (Release each : take(Long.MAX_VALUE, true)) {
      long size = each.delivery().message().bodyLength();
      if (tooLarge.isEmpty()) {
        again(each, why);
      } else if (size == tooLarge.getAsLong()) {
        failed(each, why);
      } else {
        unharmed(each, why);
      }
    }
  }

  /** Another one ended the channel, which cannot happen for ever: that one is not tried again. */
  private void unharmed(Release release, String why) {
    synchronized (lock) {
      if (!closed) {
        thread.execute(() -> send(release));
        return;
      }
    }
    failed(release, why);
  }

  private void again(Release release, String why) {
    Release second = new Release(release.consumer(), release.delivery(), release.delay(), false);
    synchronized (lock) {
      if (release.first() && !closed) {
        thread.execute(() -> send(second));
        return;
      }
    }
    failed(release, why);
  }

  private void failed(long sequence, Release release, MessagingException cause) {
    boolean mine = sequence < 0 || unconfirmed.remove(sequence, release);
    if (mine) {
      failed(release, String.valueOf(cause.getMessage()));
    }
  }

  /** It stays here, unsettled, for as long as it was to wait there. */
  private void failed(Release release, String why) {
    failures.warn(
        "Released messages of %s cannot wait at the broker, and take places of the prefetch: %s"
            .formatted(source.origin(), why));
    try {
      Future<?> unused =
          thread.schedule(
              () -> release.consumer().settle(Outcome.RELEASE, List.of(release.delivery())),
              release.delay().toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      NativeConnection.LOG.debug("It comes again as the consumer has closed", e);
    }
    done();
  }

  private void done() {
    synchronized (lock) {
      underWay--;
      lock.notifyAll();
    }
  }

  /**
   * Ends. Closing again does nothing.
   *
   * @param waiting whether to wait first for what is under way, within limits
   */
  void close(boolean waiting) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (waiting) {
        awaitDone();
      }
      closed = true;
    }
    thread.shutdownNow();
    giveUpChannel();
  }

  private void awaitDone() {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (underWay > 0 && !RabbitThreads.isClientThread()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return;
        }
        lock.wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
