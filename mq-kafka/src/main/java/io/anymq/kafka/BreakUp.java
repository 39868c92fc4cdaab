package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a consumer that is of no more use while its link lives: it closes, and then its sink
 * is notified, once. So the core opens another only when this one has returned what it held. Safe
 * for use by several threads.
 */
final class BreakUp {

  private final OpenConsumer consumer;
  private final DeliverySink sink;
  private final LinkState state;
  private final AtomicBoolean begun = new AtomicBoolean();

  BreakUp(OpenConsumer consumer, DeliverySink sink, LinkState state) {
    this.consumer = consumer;
    this.sink = sink;
    this.state = state;
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** Returns at once; the close is bounded by the time for an operation. */
  void begin(MessagingException cause) {
    if (begun.compareAndSet(false, true)) {
      consumer.stop();
      Threads.startOrRun("anymq-kafka-broken", () -> end(cause));
    }
  }

  private void end(MessagingException cause) {
    try {
      consumer.close();
    } finally {
      if (state.isOpen()) {
        sink.broken(cause);
      }
    }
  }
}
