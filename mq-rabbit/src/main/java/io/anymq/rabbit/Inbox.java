package io.anymq.rabbit;

import com.rabbitmq.client.Delivery;
import io.anymq.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived for one consumer and was not taken yet; bounded by its prefetch. One thread
 * takes all there is at a time, so a busy consumer is handed batches and wakes its thread seldom.
 */
final class Inbox {

  private final Lock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private List<Delivery> arrived = new ArrayList<>();
  private boolean ended;
  private long arrivals;
  private @Nullable MessagingException cause;

  /** Adds a delivery; never waits. */
  void put(Delivery delivery) {
    lock.lock();
    try {
      arrivals++;
      if (!ended) {
        arrived.add(delivery);
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many have come, those after its end too. */
  long arrivals() {
    lock.lock();
    try {
      return arrivals;
    } finally {
      lock.unlock();
    }
  }

  /** Ends it, for no fault of the broker's; what was not taken is dropped. */
  void end() {
    end(null);
  }

  /** Ends it as the consumer broke; what ended it first counts. */
  void end(@Nullable MessagingException broken) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        cause = broken;
        arrived = new ArrayList<>();
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for deliveries and takes them all; empty at the end. */
  List<Delivery> take() {
    lock.lock();
    try {
      while (arrived.isEmpty() && !ended) {
        filled.awaitUninterruptibly();
      }
      List<Delivery> taken = arrived;
      arrived = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Why the consumer broke; empty when it was closed or its connection was lost. */
  Optional<MessagingException> cause() {
    lock.lock();
    try {
      return Optional.ofNullable(cause);
    } finally {
      lock.unlock();
    }
  }
}
