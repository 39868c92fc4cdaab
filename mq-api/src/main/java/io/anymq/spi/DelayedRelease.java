package io.anymq.spi;

import java.time.Duration;

/**
 * A {@link LinkConsumer} whose backend keeps a released message for a while. Where a consumer is
 * none, the core holds the delivery unsettled for that time, which takes a place of the prefetch.
 */
public interface DelayedRelease {

  /**
   * Gives one delivery back, to be delivered again after a while, to any consumer of the same queue
   * or subscription, with a count one higher. Otherwise as {@link LinkConsumer#settle}.
   *
   * @param delivery the delivery
   * @param delay how long to wait, a millisecond or more
   */
  void release(InboundDelivery delivery, Duration delay);
}
