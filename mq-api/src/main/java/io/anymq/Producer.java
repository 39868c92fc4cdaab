package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends messages to one destination. May be shared between threads; each thread's messages keep
 * their order.
 *
 * <p>A failure other than {@link SendInDoubtException} means that the message was not sent. While
 * the connection recovers, sends wait, and those that were not confirmed are sent again with the
 * same id, so a consumer may see one twice; never is one lost that was confirmed.
 */
public interface Producer extends AutoCloseable {

  /** Where it sends to. */
  Destination destination();

  /**
   * Sends, and returns when the backend has taken responsibility for the message.
   *
   * @param message the message
   * @return the message as it was sent, with its id and timestamp
   * @throws SendInDoubtException when it is not known whether the backend has the message
   * @throws MessageTooLargeException when it is larger than the connection or the broker allows
   * @throws UnsupportedCapabilityException when it sets a field that this backend cannot honour
   * @throws MessagingException for any other failure; the message was not sent
   */
  Message send(Message message);

  /**
   * Sends a text.
   *
   * @param text the text
   * @return the message as it was sent
   * @throws MessagingException as {@link #send(Message)} does
   */
  default Message send(String text) {
    requireNonNull(text, "text must not be null");
    return send(Message.text(text));
  }

  /**
   * Sends without waiting for the confirmation. Waits while the window of unconfirmed sends is
   * full. The future completes when {@link #send(Message)} would return or throw, in the order of
   * the sends, on a thread that the library keeps for this: a stage that depends on it may block,
   * and may use the connection, without harm to others. To cancel it changes nothing.
   *
   * @param message the message
   * @return a future of the message as it was sent
   * @throws MessagingException when the message is refused before it is sent
   */
  CompletableFuture<Message> sendAsync(Message message);

  /**
   * Waits until nothing is unconfirmed that was sent before this call.
   *
   * @param timeout how long to wait
   * @throws MessagingTimeoutException when something is still unconfirmed then
   */
  void flush(Duration timeout);

  /**
   * Waits for unconfirmed sends, up to the connection's close time-out, and closes. What is
   * unconfirmed then fails with {@link SendInDoubtException}. Closing again does nothing.
   */
  @Override
  void close();
}
