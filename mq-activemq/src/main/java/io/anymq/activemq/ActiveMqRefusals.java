package io.anymq.activemq;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.activemq.command.ActiveMQQueue;

/**
 * The queues of records that a broker does not serve. A missing right is believed for as long as
 * the connection lives; any other refusal, such as that of a full store, for a minute. No I/O;
 * called by several threads.
 */
final class ActiveMqRefusals {

  private static final long BELIEVED_NANOS = Duration.ofMinutes(1).toNanos();

  /** A program that consumes more queues than that asks a broker without rights more often. */
  private static final int MOST = 1000;

  private final LongSupplier clock;
  private final Map<ActiveMQQueue, Refusal> refused =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ActiveMQQueue, Refusal> eldest) {
          return size() > MOST;
        }
      };

  private record Refusal(boolean lasting, long at) {}

  /**
   * Begins without a refusal.
   *
   * @param clock tells the time as {@link System#nanoTime} does
   */
  ActiveMqRefusals(LongSupplier clock) {
    this.clock = clock;
  }

  /** Whether a queue is refused, as far as is known now. */
  synchronized boolean hold(ActiveMQQueue queue) {
    Refusal last = refused.get(queue);
    return last != null && (last.lasting || clock.getAsLong() - last.at < BELIEVED_NANOS);
  }

  /**
   * A queue has been refused.
   *
   * @param lasting whether the reason does not go away by itself
   * @return whether this was not known, so that somebody must be told
   */
  synchronized boolean add(ActiveMQQueue queue, boolean lasting) {
    boolean known = hold(queue);
    if (!known) {
      refused.put(queue, new Refusal(lasting, clock.getAsLong()));
    }
    return !known;
  }
}
