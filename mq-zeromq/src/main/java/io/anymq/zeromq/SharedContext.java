package io.anymq.zeromq;

import org.zeromq.ZContext;

/**
 * A ZeroMQ context with several users; closed when the last one has let go. For all threads; a user
 * has closed its sockets before it lets go.
 */
final class SharedContext {

  private final ZContext context = Sockets.context();
  private int users = 1;

  ZContext context() {
    return context;
  }

  synchronized SharedContext retain() {
    if (users == 0) {
      throw new IllegalStateException("The context is closed");
    }
    users++;
    return this;
  }

  void release() {
    if (isLast()) {
      context.close();
    }
  }

  private synchronized boolean isLast() {
    return --users == 0;
  }
}
