package io.anymq.zeromq;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZContext;

/**
 * A ZeroMQ context with several users; closed when the last one has let go. For all threads; a user
 * has closed its sockets before it lets go.
 */
final class SharedContext {

  private static final Logger LOG = LoggerFactory.getLogger(SharedContext.class);

  /** JeroMQ's threads say that they are done a moment before they are. */
  private static final Duration THREAD_END = Duration.ofSeconds(5);

  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> mourners = new ConcurrentLinkedQueue<>();
  private final ZContext context = Sockets.context(threads::add, this::died);
  private volatile @Nullable Throwable fault;
  private int users = 1;

  ZContext context() {
    return context;
  }

  private void died(Throwable why) {
    fault = why;
    mourners.forEach(Runnable::run);
  }

  /** Why one of its threads is dead, and nothing moves any more; null as long as it works. */
  @Nullable Throwable fault() {
    return fault;
  }

  /** Has somebody told, by the dying thread, that nothing moves any more. */
  void whenDead(Runnable mourner) {
    mourners.add(mourner);
    if (fault != null) {
      mourner.run();
    }
  }

  /** Undoes {@link #whenDead}. */
  void forget(Runnable mourner) {
    boolean unused = mourners.remove(mourner);
  }

  synchronized SharedContext retain() {
    if (users == 0) {
      throw new IllegalStateException("The context is closed");
    }
    users++;
    return this;
  }

  /** Lets go. The end of a context whose threads are dead would be waited for in vain. */
  void release() {
    if (isLast() && fault == null) {
      Thread closer = new Thread(context::close, "anymq-zeromq-close");
      closer.setDaemon(true);
      closer.start();
      if (!Await.end(closer, THREAD_END)) {
        LOG.warn("ZeroMQ's threads have not ended in time");
      }
      threads.forEach(thread -> Await.end(thread, THREAD_END));
    }
  }

  private synchronized boolean isLast() {
    return --users == 0;
  }
}
