package io.anymq.spi;

/**
 * A {@link LinkConsumer} whose prefetch does not count deliveries that the core keeps unsettled for
 * a while: those that wait for their delayed redelivery, or for a dead-letter queue that refuses.
 * Without it, each of them takes a place of the prefetch, and a consumer with a prefetch of 1
 * stands still meanwhile.
 */
public interface Parking {

  /** How many deliveries of one consumer the core parks at most; further ones take places. */
  int MOST = 1000;

  /**
   * A delivery that the application was handed is kept for a while: one more may come for it. It
   * stays unsettled, and the backend must not give it to others meanwhile. Returns soon.
   *
   * @param delivery the delivery, not settled and not parked
   */
  void park(InboundDelivery delivery);

  /**
   * A parked delivery counts towards the prefetch again, which may be exceeded by it. Called before
   * it is delivered again or settled. Returns soon.
   *
   * @param delivery the delivery, parked before
   */
  void unpark(InboundDelivery delivery);
}
