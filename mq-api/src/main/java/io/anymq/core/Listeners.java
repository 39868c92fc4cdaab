package io.anymq.core;

import io.anymq.AcknowledgementMode;
import io.anymq.MessageListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a consumer's listener: on the adapter's thread where that harms nothing, which saves a
 * hand-off for each message; otherwise on threads of its own that take from the buffer.
 */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** Until a thread is asked for again that could not be started. */
  private static final Duration LATER = Duration.ofSeconds(1);

  private final CoreConsumer consumer;
  private final MessageListener listener;
  private final boolean automatic;
  private final int concurrency;

  private final RepeatedWarning failures = new RepeatedWarning(LOG);

  /** Held while the listener runs when only one thread may call it at a time. */
  private final ReentrantLock turn = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final Set<Thread> running = new HashSet<>();
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean stopped;

  Listeners(
      CoreConsumer consumer, MessageListener listener, AcknowledgementMode mode, int concurrency) {
    this.consumer = consumer;
    this.listener = listener;
    this.automatic = mode == AcknowledgementMode.AUTOMATIC;
    this.concurrency = concurrency;
  }

  /** Starts the threads that take from the buffer, unless they run. */
  void startWorkers() {
    lock.lock();
    try {
      while (!stopped && workers.size() < concurrency) {
        Thread worker = consumer.connection().threads().listenerThread(this::work);
        worker.start();
        workers.add(worker);
      }
    } catch (OutOfMemoryError e) {
      LOG.warn("No thread for a listener can be started now, will retry: {}", e.toString());
      consumer.connection().threads().after(LATER, this::startWorkers);
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      List<CoreDelivery> share = nextShare();
      while (!share.isEmpty()) {
        List<CoreDelivery> taken = share;
        Guard.run(() -> handle(taken));
        share = nextShare();
      }
    } finally {
      replaceWorker();
    }
  }

  private void handle(List<CoreDelivery> share) {
    run(share);
    if (consumer.buffer().isEmpty()) {
      share.get(share.size() - 1).attachment().flush();
    }
  }

  /** This worker ends; another one takes its place, unless that is because the consumer closes. */
  private void replaceWorker() {
    lock.lock();
    try {
      if (!stopped) {
        workers.remove(Thread.currentThread());
        startWorkers();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where several threads share, each takes one: what waits must not wait behind a slow one. */
  private List<CoreDelivery> nextShare() {
    while (true) {
      try {
        return consumer.buffer().takeShare(concurrency > 1 ? 1 : Integer.MAX_VALUE);
      } catch (InterruptedException e) {
        LOG.debug("A listener's thread was interrupted from outside, and goes on", e);
      }
    }
  }

  /** Handles deliveries on this thread. What is left of them at a stop is unsettled. */
  void run(List<CoreDelivery> share) {
    if (concurrency > 1) {
      runNow(share);
      return;
    }
    Waits.lock(turn);
    try {
      runNow(share);
    } finally {
      turn.unlock();
    }
  }

  private void runNow(List<CoreDelivery> share) {
    if (!begin()) {
      return;
    }
    try {
      for (CoreDelivery delivery : share) {
        if (stopped) {
          return;
        }
        handle(delivery);
      }
    } finally {
      end();
    }
  }

  /** Whatever fails must not end the thread, and so the consumer. */
  private void handle(CoreDelivery delivery) {
    Guard.run(
        () -> {
          if (consumer.screen(delivery)) {
            call(delivery);
          }
        },
        e -> {
          try {
            LOG.error("Could not handle {}; it comes again", delivery, e);
          } finally {
            delivery.returnAfterFault();
          }
        });
  }

  private void call(CoreDelivery delivery) {
    try {
      listener.onMessage(delivery);
      if (automatic) {
        delivery.acceptUnlessSettled();
      }
    } catch (Throwable e) { // whatever the application throws must not end the thread
      failed(delivery, e, Guard.text(e));
    } finally {
      // What interrupted one handler is none of the next one's business.
      boolean unused = Thread.interrupted();
    }
  }

  private void failed(CoreDelivery delivery, Throwable failure, String error) {
    try {
      failures.warn("The listener failed on %s: %s".formatted(delivery, error));
      LOG.debug("The listener failed on {}", delivery, failure);
    } finally {
      delivery.releaseUnlessSettled(error);
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      return !stopped && running.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      running.remove(Thread.currentThread());
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this thread handles deliveries, inside the listener or between two calls of it. */
  boolean isCurrentThread() {
    lock.lock();
    try {
      return running.contains(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  /** Calls the listener no more; what runs goes on. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
    } finally {
      lock.unlock();
    }
    failures.end("Failures of the listener of " + consumer.source().describe());
  }

  /** Waits until no listener runs; false when one still did in the end. */
  boolean awaitIdle(Deadline deadline) {
    lock.lock();
    try {
      return Interrupts.waiting(() -> Waits.until(lock, idle, running::isEmpty, deadline));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the worker threads to end; those stuck in a listener are left to it. */
  void joinWorkers(Deadline deadline) {
    List<Thread> all;
    lock.lock();
    try {
      all = List.copyOf(workers);
    } finally {
      lock.unlock();
    }
    all.forEach(worker -> Interrupts.join(worker, deadline));
  }
}
