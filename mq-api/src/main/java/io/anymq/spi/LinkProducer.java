package io.anymq.spi;

/**
 * Sends to one destination. The core never calls it by two threads at once, and bounds what is
 * unconfirmed.
 */
public interface LinkProducer {

  /**
   * Sends, in the order of the calls, and has {@link OutboundMessage#confirmed} or {@link
   * OutboundMessage#failed} called once, later or before this returns, by any thread. May block
   * while the network pushes back; a {@link Link#close} ends that. When the link or the producer is
   * lost, nothing needs to be told of single messages.
   *
   * @param message the message; its id and timestamp are set, its size and fields are checked
   */
  void send(OutboundMessage message);

  /** Closes at once; the core has waited for confirmations. Closing again does nothing. */
  void close();
}
