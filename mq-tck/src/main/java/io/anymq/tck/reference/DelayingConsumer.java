package io.anymq.tck.reference;

import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;

/** A consumer whose broker keeps a released message for a while. */
final class DelayingConsumer extends MemoryConsumer implements DelayedRelease {

  DelayingConsumer(
      MemoryLink link,
      MemoryQueue queue,
      ConsumerRequest request,
      DeliverySink sink,
      Worker worker,
      boolean ownWorker) {
    super(link, queue, request, sink, worker, ownWorker);
  }

  @Override
  public void release(InboundDelivery delivery, Duration delay) {
    releaseLater(delivery, delay);
  }
}
