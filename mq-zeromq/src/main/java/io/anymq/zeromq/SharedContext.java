package io.anymq.zeromq;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.zeromq.ZContext;

/**
 * A ZeroMQ context with several users; closed when the last one has let go. For all threads; a user
 * has closed its sockets before it lets go.
 */
final class SharedContext {

  /** JeroMQ's threads say that they are done a moment before they are. */
  private static final Duration THREAD_END = Duration.ofSeconds(5);

  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final ZContext context = Sockets.context(threads::add);
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
      threads.forEach(thread -> Await.end(thread, THREAD_END));
    }
  }

  private synchronized boolean isLast() {
    return --users == 0;
  }
}
