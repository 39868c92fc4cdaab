package io.anymq.core;

import io.anymq.MessagingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often the application may be given a message. A backend's own count may be too high, by
 * deliveries that nobody saw; so it only says when to ask how often the message was handed out.
 */
final class RedeliveryLimit {

  private static final Logger LOG = LoggerFactory.getLogger(RedeliveryLimit.class);

  private final int most;

  RedeliveryLimit(int most) {
    this.most = most;
  }

  /** Whether a delivery that has arrived is one too many. */
  boolean isExceededBy(CoreDelivery delivery) {
    return delivery.deliveryCount() > most && hadAtLeast(most, delivery);
  }

  /** Whether a delivery that the application gives back was its last. */
  boolean isReachedBy(CoreDelivery delivery) {
    return delivery.deliveryCount() >= most && hadAtLeast(most - 1, delivery);
  }

  /**
   * Whether the application had it so often before. What the consumer knows by itself costs no
   * question. When that is not enough and the backend does not answer, nobody knows, and the
   * message is delivered once more.
   */
  private static boolean hadAtLeast(int times, CoreDelivery delivery) {
    if (delivery.earlierHandOutsHere() >= times) {
      return true;
    }
    try {
      return delivery.earlierHandOuts() >= times;
    } catch (MessagingException e) {
      LOG.debug("How often {} was handed out is not known now", delivery, e);
      return false;
    }
  }
}
