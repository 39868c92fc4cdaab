package io.anymq.spi;

import io.anymq.MessagingException;
import java.util.List;

/** Takes what a consumer receives; implemented by the core. */
public interface DeliverySink {

  /**
   * Takes deliveries, in order; called by one thread at a time for one sink. With {@link
   * Link.Dispatch#INLINE} the application's listener may run in this call; with {@link
   * Link.Dispatch#HAND_OFF} it returns at once. Never throws.
   *
   * @param deliveries at least one; the adapter must not change the list afterwards
   */
  void deliver(List<? extends InboundDelivery> deliveries);

  /**
   * The consumer is of no more use while its link lives: the broker has cancelled it. It has let go
   * of what it held, and is not closed. What it held unsettled comes again. The core opens another.
   *
   * @param cause why: {@link io.anymq.DestinationNotFoundException} when the destination was
   *     deleted
   */
  void broken(MessagingException cause);
}
