package io.anymq;

import java.util.Optional;

/**
 * A consumer of a topic. From the moment it was made, everything sent to the topic reaches it.
 *
 * <p>Closing a plain subscription ends it. Closing a durable one leaves it to collect messages
 * until somebody subscribes again under its name.
 */
public interface Subscription extends Consumer {

  /** The name, for durable and shared subscriptions. */
  Optional<String> name();

  /**
   * Closes this consumer and removes the subscription with what it has kept.
   *
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  void unsubscribe();
}
