package io.anymq;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes messages from a queue or a subscription: either by the receive methods, or by the {@link
 * MessageListener} it was made with, never both. What the receive methods return stays unsettled
 * until the program accepts, releases or rejects it, unless its options say {@link
 * AcknowledgementMode#AUTOMATIC}.
 *
 * <p>May be shared between threads: concurrent calls of receive share the messages out.
 */
public interface Consumer extends AutoCloseable {

  /**
   * Waits for a message. While the connection recovers, it goes on waiting.
   *
   * @param timeout how long to wait at most; zero or more
   * @return a delivery, or empty when none came in time
   * @throws ClosedException when the consumer is closed, also while this waits
   * @throws InvalidOptionException when the time-out is negative
   * @throws MessagingException with {@link ErrorCode#ILLEGAL_USE} when the consumer has a listener,
   *     with {@link ErrorCode#INTERRUPTED} when the thread is interrupted
   */
  Optional<Delivery> receive(Duration timeout);

  /**
   * Takes a message that is already here.
   *
   * @return a delivery, or empty when none has been prefetched
   * @throws MessagingException as {@link #receive} does
   */
  Optional<Delivery> receiveNoWait();

  /**
   * Waits for at least one message, and returns it with those that are already here behind it.
   *
   * @param max how many at most; at least 1
   * @param timeout how long to wait for the first one
   * @return the deliveries in order; empty when none came in time
   * @throws MessagingException as {@link #receive} does
   */
  List<Delivery> receiveBatch(int max, Duration timeout);

  /**
   * Closes: a waiting receive ends with {@link ClosedException}; a running listener may finish,
   * within the connection's close time-out, unless this is called from it; what was settled is
   * handed to the broker, and what is unsettled comes again. Closing again does nothing.
   */
  @Override
  void close();
}
