package io.anymq.spi;

/**
 * How a delivery is settled with the backend. To reject is to send to the dead-letter queue, then
 * to accept.
 */
public enum Outcome {
  /** Done with. */
  ACCEPT,
  /** Back to the queue, to be delivered again at once, to any consumer, with a count one higher. */
  RELEASE
}
