package io.anymq.spi;

import java.util.List;

/**
 * Receives from one source. Called by several threads at once. One that can have the broker keep a
 * released message for a while implements {@link DelayedRelease} too, and one that does not count
 * parked deliveries towards the prefetch {@link Parking}.
 */
public interface LinkConsumer {

  /**
   * Whether the backend takes back a single released message. If not, the core delivers it again by
   * itself, from the same unsettled delivery, and never settles with {@link Outcome#RELEASE}.
   */
  boolean releasesNatively();

  /**
   * Settles deliveries of this consumer. Returns soon; each delivery is settled at most once. Once
   * the link or this consumer is lost or closed, does nothing, or throws: those messages come
   * again.
   *
   * @param outcome how
   * @param deliveries in the order in which the application settled them, which need not be that of
   *     delivery; the core does not change the list afterwards
   * @throws io.anymq.MessagingException when the backend cannot be told of all of them: what it
   *     does not hear of comes again, and a commit that accepts them is in doubt
   */
  void settle(Outcome outcome, List<? extends InboundDelivery> deliveries);

  /**
   * Closes: settlements made before take effect first; what is unsettled goes back. Bounded by the
   * operation time-out, also when {@link DeliverySink#deliver} is stuck in a listener; may be
   * called by that very thread. After it returns no delivery begins. A plain subscription ends with
   * it. When the link is lost, only cleans up. Closing again does nothing.
   */
  void close();
}
