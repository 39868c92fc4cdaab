package io.anymq.rabbit;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;

/**
 * Makes the threads of one link, all named after it, and knows them, so that the link can wait for
 * their end. Safe for use by several threads.
 */
final class RabbitThreads implements ThreadFactory {

  private final String prefix;
  private final Collection<Thread> started = new ConcurrentLinkedQueue<>();

  /** A thread that amqp-client asked for; others must not make it wait for what it reads. */
  private static final class ClientThread extends Thread {
    ClientThread(Runnable work, String name) {
      super(work, name);
    }
  }

  RabbitThreads(String clientName) {
    prefix = "anymq-rabbitmq-" + clientName + "-";
  }

  /** Whether the caller is one of amqp-client's own threads. */
  static boolean isClientThread() {
    return Thread.currentThread() instanceof ClientThread;
  }

  /** For amqp-client, which renames what it gets: the thread takes its name back when it begins. */
  @Override
  public Thread newThread(Runnable work) {
    String name = prefix + "io";
    Runnable named =
        () -> {
          Thread.currentThread().setName(name);
          work.run();
        };
    return track(new ClientThread(named, name));
  }

  /** A thread for one of the link's own duties, not started yet. */
  Thread make(String duty, Runnable work) {
    return track(new Thread(work, prefix + duty));
  }

  /**
   * Waits until all have ended but the caller, at most that long; some may be stuck in a listener.
   */
  void awaitEnd(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread thread : started) {
      long left = deadline - System.nanoTime();
      if (thread != Thread.currentThread() && left > 0) {
        join(thread, Duration.ofNanos(left));
      }
    }
  }

  /** Waits for a thread's end; an interrupt ends the wait and stays set. */
  static void join(Thread thread, Duration limit) {
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread track(Thread thread) {
    started.removeIf(each -> each.getState() == Thread.State.TERMINATED);
    thread.setDaemon(true);
    started.add(thread);
    return thread;
  }
}
