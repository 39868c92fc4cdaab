package io.anymq;

/** Handles deliveries as they come. */
@FunctionalInterface
public interface MessageListener {

  /**
   * Handles one delivery. Returning accepts it, unless the options say {@link
   * AcknowledgementMode#MANUAL}; throwing releases it, unless it is settled already. With a
   * concurrency of one, called by one thread at a time, in order; with more, by as many threads at
   * once.
   *
   * @param delivery the delivery
   * @throws Exception when the message could not be handled
   */
  void onMessage(Delivery delivery) throws Exception;
}
