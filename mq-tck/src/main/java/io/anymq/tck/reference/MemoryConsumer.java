package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Consumes one queue, on its worker's thread. Its state is guarded by the broker's lock. */
class MemoryConsumer implements LinkConsumer, Parking {

  /** How long close waits for a call of the sink; a listener that is stuck is left behind. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  private final MemoryLink link;
  private final MemoryQueue queue;
  private final ConsumerRequest request;
  private final int prefetch;
  private final @Nullable Selector selector;
  private final DeliverySink sink;
  private final Worker worker;
  private final boolean ownWorker;
  private final Set<Held> held = new LinkedHashSet<>();
  private final Set<Held> parked = new HashSet<>();
  private boolean attached;
  private boolean closed;
  private boolean scheduled;
  private @Nullable CountDownLatch delivering;

  /** A delivery that is unsettled; each is equal to itself alone. */
  private final class Held implements InboundDelivery {

    private final Stored stored;
    private final Destination destination;
    private final MemoryMapper.Decoded decoded;
    private final int count;
    private final int earlierHandOuts;
    private final int earlierSeen;
    private boolean handedOut;

    Held(Stored stored, Destination destination) {
      this.stored = stored;
      this.destination = destination;
      this.decoded = stored.decoded();
      this.earlierHandOuts = stored.handOuts;
      this.earlierSeen = stored.seen;
      this.count = link.countsTakes() ? stored.deliveries : earlierSeen + 1;
    }

    @Override
    public Message message() {
      return decoded.message();
    }

    @Override
    public Destination destination() {
      return destination;
    }

    @Override
    public boolean redelivered() {
      return count > 1 || stored.repeated;
    }

    @Override
    public int deliveryCount() {
      return count;
    }

    @Override
    public void handedOut() {
      link.broker.lockedRun(
          () -> {
            if (link.passesRequest()) {
              handedOut = true;
              stored.seen = earlierSeen + 1;
              if (earlierHandOuts > 0) {
                note();
              }
            }
          });
    }

    /** A first hand-out is noted as it goes back in order, so that most messages need no note. */
    void goesBack() {
      if (handedOut) {
        note();
      }
    }

    private void note() {
      stored.handOuts = earlierHandOuts + 1;
    }

    @Override
    public int earlierHandOuts() {
      return earlierHandOuts;
    }

    @Override
    public Optional<String> position() {
      return Optional.of(Long.toString(stored.position));
    }

    @Override
    public Optional<InvalidMessageException> undecodable() {
      return Optional.ofNullable(decoded.fault());
    }
  }

  MemoryConsumer(
      MemoryLink link,
      MemoryQueue queue,
      ConsumerRequest request,
      DeliverySink sink,
      Worker worker,
      boolean ownWorker) {
    this.link = link;
    this.queue = queue;
    this.request = request;
    this.prefetch = request.prefetch();
    this.selector = selector(request);
    this.sink = sink;
    this.worker = worker;
    this.ownWorker = ownWorker;
  }

  /** On queues; on subscriptions the core selects. */
  private static @Nullable Selector selector(ConsumerRequest request) {
    return request.source() instanceof Source.OfQueue
        ? request.selector().map(Selector::parse).orElse(null)
        : null;
  }

  /** What cannot be read is selected by nobody, and is for those who take all. */
  private boolean selects(Stored stored) {
    MemoryMapper.Decoded decoded = stored.decoded();
    return selector == null || (decoded.fault() == null && selector.matches(decoded.message()));
  }

  /** Whether nobody else may consume what this one does. */
  boolean isAlone() {
    if (request.source() instanceof Source.OfTopic of) {
      return !of.terms().shared();
    }
    return request.source() instanceof Source.OfPattern of && !of.terms().shared();
  }

  boolean isKeyOrdered() {
    return request.keyOrdered();
  }

  /** Whether the queue keeps the order of keys for it; otherwise it waits for its turn. */
  boolean hasKeysOrdered() {
    return isKeyOrdered() && !link.keysByTurn();
  }

  private boolean waitsForTurn() {
    return isKeyOrdered() && link.keysByTurn() && !queue.hasTurn(this);
  }

  /** Begins to consume; under the lock. */
  void attach() {
    attached = true;
    queue.consumers().add(this);
    wake();
  }

  /** There may be something to deliver; under the lock. */
  void wake() {
    if (attached && !scheduled) {
      scheduled = true;
      worker.execute(this::pump);
    }
  }

  /** Ends consuming and gives back in order what is unsettled; under the lock. */
  void detach() {
    held.forEach(Held::goesBack);
    drop();
  }

  /** Ends consuming; what is unsettled comes back by itself; under the lock. */
  void drop() {
    if (attached) {
      attached = false;
      queue.consumers().remove(this);
      held.forEach(each -> queue.giveBack(each.stored));
      held.clear();
      parked.clear();
      queue.wakeAll();
      link.broker.store().left(queue);
    }
  }

  /** Its queue was deleted; under the lock. */
  void orphan(MessagingException cause) {
    detach();
    worker.execute(() -> sink.broken(cause));
  }

  boolean holds(List<? extends InboundDelivery> deliveries) {
    return held.containsAll(deliveries);
  }

  /** The record behind a delivery of this broker, whoever holds it. */
  static Optional<MemoryRecord> recordOf(InboundDelivery delivery) {
    return delivery instanceof Held each ? Optional.of(each.stored.record) : Optional.empty();
  }

  @Override
  public void park(InboundDelivery delivery) {
    link.broker.lockedRun(
        () -> {
          if (delivery instanceof Held each && held.contains(each) && link.passesRequest()) {
            parked.add(each);
            wake();
          }
        });
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    link.broker.lockedRun(() -> parked.remove(delivery));
  }

  @Override
  public boolean releasesNatively() {
    return link.nativeRelease();
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    link.broker.awaitReading();
    link.broker.lockedRun(
        () -> {
          for (InboundDelivery delivery : deliveries) {
            if (delivery instanceof Held each && link.passesRequest() && held.remove(each)) {
              parked.remove(each);
              settle(outcome, each);
            }
          }
          wake();
        });
  }

  @Override
  public void close() {
    CountDownLatch running =
        link.broker.locked(
            () -> {
              closed = true;
              if (link.passesRequest()) {
                detach();
                link.forget(this);
              }
              return delivering;
            });
    if (running != null && !worker.isCurrent()) {
      await(running);
    }
    if (ownWorker) {
      worker.stop(STOP_LIMIT);
    }
  }

  /** Takes a delivery back, and has it ready again after a while. */
  final void releaseLater(InboundDelivery delivery, Duration delay) {
    link.broker.lockedRun(
        () -> {
          if (delivery instanceof Held each && link.passesRequest() && held.remove(each)) {
            parked.remove(each);
            each.goesBack();
            queue.goAway();
            link.broker.store().later(delay, each.stored, queue::comeBack);
            wake();
          }
        });
  }

  private void settle(Outcome outcome, Held each) {
    if (outcome == Outcome.ACCEPT) {
      queue.done(each.stored);
    } else {
      each.goesBack();
      queue.giveBack(each.stored);
    }
  }

  private void pump() {
    List<Held> batch = link.broker.locked(this::take);
    if (batch.isEmpty()) {
      return;
    }
    sink.deliver(batch);
    link.broker.lockedRun(this::delivered);
  }

  private List<Held> take() {
    scheduled = false;
    if (!attached || closed || waitsForTurn() || link.broker.frozen()) {
      return List.of();
    }
    List<Held> batch = queue.take(credit(), this::selects).stream().map(this::held).toList();
    held.addAll(batch);
    boolean heard = !batch.isEmpty() && link.passesAnswer();
    delivering = heard ? new CountDownLatch(1) : null;
    return heard ? batch : List.of();
  }

  private Held held(Stored stored) {
    return new Held(stored, portable(stored.destination));
  }

  /** As the application calls it, whatever configuration means by that. */
  private Destination portable(Destination actual) {
    if (request.source() instanceof Source.OfQueue of) {
      return of.queue();
    }
    return request.source() instanceof Source.OfTopic of ? of.topic() : actual;
  }

  private void delivered() {
    CountDownLatch done = delivering;
    delivering = null;
    if (done != null) {
      done.countDown();
    }
    if (queue.ready() > 0 && credit() > 0) {
      wake();
    }
  }

  private int credit() {
    return prefetch - held.size() + parked.size();
  }

  private static void await(CountDownLatch running) {
    try {
      if (!running.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return; // a listener is stuck in it: what it held has gone back already
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
