package io.anymq.core;

import io.anymq.Connection;
import io.anymq.ConnectionListener;
import io.anymq.ConnectionState;
import io.anymq.MessagingException;
import org.jspecify.annotations.Nullable;

/** Tells the application's listener of changes of state, in order, on a thread of its own. */
final class StateEvents {

  private final Connection connection;
  private final ConnectionListener listener;
  private final Threads threads;

  StateEvents(Connection connection, ConnectionListener listener, Threads threads) {
    this.connection = connection;
    this.listener = listener;
    this.threads = threads;
  }

  void publish(ConnectionState state, @Nullable MessagingException cause) {
    threads.tell(() -> listener.stateChanged(connection, state, cause));
  }
}
