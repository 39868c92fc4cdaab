package io.anymq.core;

import io.anymq.DeadLetter.Reason;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.selector.Selector;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a consumer's deliveries the application may have. What cannot be decoded, and what came
 * too often, is dead-lettered instead; what has expired, or is not selected, is dropped.
 */
final class Screening {

  /** The consumer's, of which this is a part for those who read the log. */
  private static final Logger LOG = LoggerFactory.getLogger(CoreConsumer.class);

  private final RedeliveryLimit limit;
  private final @Nullable Selector selector;
  private final DeadLetters deadLetters;

  /**
   * A screening.
   *
   * @param selector what the core selects by; empty when there is none, or when the backend selects
   */
  Screening(RedeliveryLimit limit, Optional<String> selector, DeadLetters deadLetters) {
    this.limit = limit;
    this.selector = selector.map(Selector::parse).orElse(null);
    this.deadLetters = deadLetters;
  }

  boolean passes(CoreDelivery delivery) {
    if (delivery.attachment().ended()) {
      return false; // it comes again, on the next link
    }
    Optional<InvalidMessageException> undecodable = delivery.inbound().undecodable();
    if (undecodable.isPresent()) {
      return bury(delivery, Reason.UNDECODABLE, undecodable.get().getMessage());
    }
    if (selector != null && !selector.matches(delivery.message())) {
      return drop(delivery, "is not selected");
    }
    if (isExpired(delivery.message())) {
      return drop(delivery, "has expired");
    }
    if (limit.isExceededBy(delivery)) {
      return bury(
          delivery, Reason.DELIVERY_LIMIT, "its consumers went away before they settled it");
    }
    return true;
  }

  private static boolean isExpired(Message message) {
    Optional<Instant> expiry = message.expiresAt();
    return expiry.isPresent() && !Waits.now().isBefore(expiry.get());
  }

  /** What is dropped is done with: nobody gets it, and it is no dead letter. */
  private static boolean drop(CoreDelivery delivery, String why) {
    LOG.debug("{} {}", delivery, why);
    delivery.acceptUnlessSettled();
    return false;
  }

  private boolean bury(CoreDelivery delivery, Reason reason, @Nullable String error) {
    Settlement how = reason == Reason.DELIVERY_LIMIT ? Settlement.RELEASED : Settlement.REJECTED;
    if (delivery.settle(how)) {
      deadLetters.bury(delivery, reason, error);
    }
    return false;
  }
}
