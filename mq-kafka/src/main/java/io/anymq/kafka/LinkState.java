package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.MessagingException;
import io.anymq.spi.LinkListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a link lives: open, then lost or closed, and nothing after that; and how much time its
 * close has left. Safe for all threads.
 */
final class LinkState {

  /** For threads to end that have nothing to wait for any more, on a busy machine. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private enum Phase {
    OPEN,
    LOST,
    CLOSED
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
  private final LinkListener listener;
  private final KafkaCalls calls;
  private volatile Consumer<MessagingException> onLoss = why -> {};
  private volatile boolean lost;
  private volatile @Nullable Long closeBy;
  private volatile @Nullable MessagingException cause;

  /**
   * An open link's.
   *
   * @param listener is told of a loss
   * @param calls end with the link, before the listener is told, so that nobody waits for an answer
   */
  LinkState(LinkListener listener, KafkaCalls calls) {
    this.listener = listener;
    this.calls = calls;
  }

  /**
   * What a loss ends at once, by any thread, before the listener is told: until the core closes the
   * link, the network may be back.
   *
   * @param action returns at once
   */
  void onLoss(Consumer<MessagingException> action) {
    onLoss = action;
  }

  /** Tells of the loss, the first time, unless the link was closed. */
  void lose(MessagingException why) {
    if (phase.compareAndSet(Phase.OPEN, Phase.LOST)) {
      cause = why;
      lost = true;
      calls.lose(why);
      try {
        onLoss.accept(why);
      } finally {
        listener.lost(why);
      }
    }
  }

  /** Closes, within a time; tells whether it was not closed before. */
  boolean close(Duration timeout) {
    if (phase.getAndSet(Phase.CLOSED) == Phase.CLOSED) {
      return false;
    }
    closeBy = System.nanoTime() + timeout.toNanos();
    calls.close(new ClosedException("The connection to Kafka is closed"));
    return true;
  }

  /**
   * How long the cluster may be waited for: not at all once the link is lost, and never longer than
   * its close may take.
   */
  Duration timeLeft(Duration most) {
    Long end = closeBy;
    if (lost) {
      return Duration.ZERO;
    }
    return end == null ? most : Duration.ofNanos(leftOf(most.toNanos(), end));
  }

  /** Until when a thread is waited for, which itself waits no longer than {@link #timeLeft}. */
  long joinBy(Duration most) {
    Long end = closeBy;
    long nanos = end == null ? most.toNanos() : leftOf(most.toNanos(), end + GRACE_NANOS);
    return System.nanoTime() + nanos;
  }

  private static long leftOf(long most, long end) {
    return Math.max(0, Math.min(most, end - System.nanoTime()));
  }

  boolean isOpen() {
    return phase.get() == Phase.OPEN;
  }

  /** Whether the link was lost, closed since or not. */
  boolean isLost() {
    return lost;
  }

  void requireOpen() {
    if (lost) {
      throw new ConnectionLostException("The connection to Kafka is lost", cause);
    }
    if (!isOpen()) {
      throw new ClosedException("The connection to Kafka is closed");
    }
  }
}
