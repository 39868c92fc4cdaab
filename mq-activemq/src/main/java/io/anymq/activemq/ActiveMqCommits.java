package io.anymq.activemq;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The commits under way that accept deliveries of one consumer. Its end waits for them: the broker
 * gives back what a consumer holds when it goes, also what a transaction accepts that is committed
 * afterwards.
 */
final class ActiveMqCommits {

  private int underWay;
  private boolean closed;

  /** A commit begins, which accepts some of the consumer's deliveries. */
  synchronized void begin() {
    underWay++;
  }

  /** It has ended, in whatever way. */
  synchronized void end() {
    underWay--;
    notifyAll();
  }

  /** Whether the consumer goes, so that a commit that has not ended accepts nothing of it. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** The consumer goes: waits for the commits under way, no longer than the limit. */
  void close(Duration limit) {
    boolean unused = Waits.uninterrupted(limit, this::awaitNone);
  }

  private synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (underWay > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    closed = true;
    return underWay == 0;
  }
}
