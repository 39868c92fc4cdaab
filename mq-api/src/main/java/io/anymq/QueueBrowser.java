package io.anymq;

import java.util.Iterator;

/**
 * Looks at the messages of a queue without taking or disturbing them. What is sent or taken while
 * it looks may or may not be seen. Not for sharing between threads.
 */
public interface QueueBrowser extends Iterator<Message>, AutoCloseable {

  /** The queue. */
  Queue queue();

  /** Ends the look. Closing again does nothing. */
  @Override
  void close();
}
