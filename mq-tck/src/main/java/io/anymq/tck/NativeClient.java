package io.anymq.tck;

import io.anymq.Queue;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes and reads messages as programs do that have never heard of AnyMQ: with the broker's own
 * client, and none of the adapter's headers. Used by one thread at a time. A failure is thrown as
 * it is.
 */
public interface NativeClient extends AutoCloseable {

  /**
   * Writes to a queue; returns when the broker has it.
   *
   * @param queue the queue; it exists
   * @param message what to write
   * @throws Exception when it cannot
   */
  void write(Queue queue, NativeMessage message) throws Exception;

  /**
   * Writes a message that the adapter cannot decode: of a native type, or with a header, that has
   * no portable meaning.
   *
   * @param queue the queue; it exists
   * @return what it wrote, as {@link #read} would return it
   * @throws Exception when it cannot
   */
  NativeMessage writeUndecodable(Queue queue) throws Exception;

  /**
   * Reads a message from a queue.
   *
   * @param queue the queue; it exists
   * @param timeout how long to wait
   * @return the message, or empty when none came in time
   * @throws Exception when it cannot
   */
  Optional<NativeMessage> read(Queue queue, Duration timeout) throws Exception;

  @Override
  void close();
}
