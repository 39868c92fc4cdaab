package io.anymq;

import org.jspecify.annotations.Nullable;

/**
 * Is told what becomes of a connection. Called by one thread at a time, in order, on a thread of
 * its own: it may use the connection, close it, and block, which holds up later events only.
 */
@FunctionalInterface
public interface ConnectionListener {

  /**
   * The connection's state has changed.
   *
   * @param connection the connection
   * @param state the new state
   * @param cause why, when something failed
   */
  void stateChanged(
      Connection connection, ConnectionState state, @Nullable MessagingException cause);
}
