package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.MessagingException;
import io.anymq.spi.LinkListener;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
  private final Consumer<MessagingException> onEnd;
  private volatile boolean lost;
  private volatile @Nullable MessagingException cause;

  /**
   * An open link's.
   *
   * @param listener is told of a loss
   * @param onEnd is told of a loss before, and of the close, so that nobody waits for an answer
   */
  LinkState(LinkListener listener, Consumer<MessagingException> onEnd) {
    this.listener = listener;
    this.onEnd = onEnd;
  }

  /** Tells of the loss, the first time, unless the link was closed. */
  void lose(MessagingException why) {
    if (phase.compareAndSet(Phase.OPEN, Phase.LOST)) {
      cause = why;
      lost = true;
      onEnd.accept(why);
      listener.lost(why);
    }
  }

  /** Closes; tells whether it was not closed before. */
  boolean close() {
    if (phase.getAndSet(Phase.CLOSED) == Phase.CLOSED) {
      return false;
    }
    onEnd.accept(new ClosedException("The connection to Kafka is closed"));
    return true;
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
