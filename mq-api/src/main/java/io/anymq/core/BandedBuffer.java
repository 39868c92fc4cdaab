package io.anymq.core;

import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * What the consumers of several queues have fetched; the queue with the lowest number goes first.
 * One that was full may have more behind what it has given: there is a moment for that to come,
 * before a less urgent one goes.
 */
final class BandedBuffer {

  /** Enough for a broker to send on when there is room again: 30 ms on a quiet Kafka (seen). */
  private static final Duration REFILL = Duration.ofMillis(300);

  /** Enough for a message that was released to come back; another consumer may get it instead. */
  private static final Duration RETURN = Duration.ofSeconds(1);

  /** Whatever happens is signalled. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Band> bands;
  private final int most;
  private int out;
  private boolean ended;

  /** Counts what has happened, so that who waits looks again after it. */
  private long changes;

  /** What is known of one queue. */
  private final class Band {
    private final Deque<BandedDelivery> fetched = new ArrayDeque<>();
    private int unsettled;
    private Deadline sure = Deadline.now();

    void add(Collection<BandedDelivery> deliveries) {
      fetched.addAll(deliveries);
      unsettled += deliveries.size();
      if (!sure.isOver()) {
        sure = Deadline.in(REFILL);
      }
    }

    void settled(boolean comesAgain) {
      if (comesAgain) {
        sure = Deadline.in(RETURN);
      } else if (unsettled >= room()) {
        Deadline refilled = Deadline.in(REFILL);
        sure = refilled.nanos() - sure.nanos() > 0 ? refilled : sure;
      }
      unsettled--;
    }
  }

  /**
   * An empty buffer.
   *
   * @param most how many may be handed out and unsettled
   */
  BandedBuffer(int most) {
    this.most = most;
    bands = IntStream.rangeClosed(0, Message.MAX_PRIORITY).mapToObj(number -> new Band()).toList();
  }

  /** With the lock held. */
  private void change() {
    changes++;
    changed.signalAll();
  }

  /** What is fetched of each: when all that may be out is, as many are here to follow. */
  int room() {
    return 2 * most;
  }

  void add(int number, Collection<BandedDelivery> deliveries) {
    lock.lock();
    try {
      bands.get(number).add(deliveries);
      change();
    } finally {
      lock.unlock();
    }
  }

  void settled(Outcome outcome, Collection<? extends InboundDelivery> deliveries) {
    lock.lock();
    try {
      boolean comesAgain = outcome == Outcome.RELEASE;
      deliveries.forEach(each -> bands.get(((BandedDelivery) each).band()).settled(comesAgain));
      out -= deliveries.size();
      change();
    } finally {
      lock.unlock();
    }
  }

  /** So many more wait for something, out of the consumer's hands. */
  void parked(int more) {
    lock.lock();
    try {
      out -= more;
      change();
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Hands out nothing more; whether it was this call that ended it. */
  boolean end() {
    lock.lock();
    try {
      boolean first = !ended;
      ended = true;
      change();
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until something has been fetched from each of these. */
  void awaitFirst(Collection<Integer> numbers, Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      boolean unused =
          Waits.until(
              lock,
              changed,
              () -> ended || numbers.stream().noneMatch(each -> bands.get(each).fetched.isEmpty()),
              deadline);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for what is next: messages of one queue; none, when it has ended. */
  List<BandedDelivery> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      List<BandedDelivery> taken = take();
      while (!ended && taken.isEmpty()) {
        long seen = changes;
        Deadline pause = out < most ? refill() : Deadline.in(IDLE);
        boolean unused = Waits.until(lock, changed, () -> changes != seen, pause);
        taken = take();
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Until when a queue may get more; as good as never, when none may. */
  private Deadline refill() {
    return bands.stream()
        .filter(band -> !band.sure.isOver())
        .map(band -> band.sure)
        .findFirst()
        .orElseGet(() -> Deadline.in(IDLE));
  }

  private List<BandedDelivery> take() {
    List<BandedDelivery> taken = new ArrayList<>();
    if (ended) {
      return taken;
    }
    for (Band band : bands) {
      while (!band.fetched.isEmpty() && out < most) {
        taken.add(band.fetched.remove());
        out++;
      }
      if (!taken.isEmpty() || !band.sure.isOver()) {
        return taken;
      }
    }
    return taken;
  }
}
