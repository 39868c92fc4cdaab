package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.MessagingException;
import io.anymq.spi.LinkListener;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether a link lives: open, then lost or closed, and nothing after that. Safe for all threads.
 */
final class LinkState {

  private enum Phase {
    OPEN,
    LOST,
    CLOSED
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
  private final LinkListener listener;
  private volatile boolean lost;
  private volatile @Nullable MessagingException cause;

  LinkState(LinkListener listener) {
    this.listener = listener;
  }

  /** Tells of the loss, the first time, unless the link was closed. */
  boolean lose(MessagingException why) {
    if (!phase.compareAndSet(Phase.OPEN, Phase.LOST)) {
      return false;
    }
    cause = why;
    lost = true;
    listener.lost(why);
    return true;
  }

  /** Closes; tells whether it was not closed before. */
  boolean close() {
    return phase.getAndSet(Phase.CLOSED) != Phase.CLOSED;
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
