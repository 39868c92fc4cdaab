package io.anymq.tck.reference;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Browsing;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A connection to the broker in memory. Its state is guarded by the broker's lock. */
class MemoryLink implements Link, DepthQuery, Purger, Browsing, TemporaryQueues, TopicPatterns {

  /** Long enough for a thread that does not hang; one that does is left behind. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  private static final AtomicInteger COUNT = new AtomicInteger();

  final MemoryBroker broker;
  final ActualNames actual;
  private final LinkRequest request;
  private final String route;
  private final String threadName = "anymq-memory-" + COUNT.incrementAndGet();
  private final Worker io = new Worker(threadName);
  private final Set<MemoryConsumer> consumers = new LinkedHashSet<>();
  private final Set<Queue> temporaryQueues = new LinkedHashSet<>();
  private final Wire wire;
  private final Confirmations confirmations;
  private boolean alive = true;
  private boolean closed;
  private int consumerCount;

  MemoryLink(MemoryBroker broker, LinkRequest request, String route) {
    this.broker = broker;
    this.actual = new ActualNames(request.names());
    this.request = request;
    this.route = route;
    this.wire =
        new Wire(
            broker,
            broker.network(route),
            request.options().get(ConnectionOptions.OPERATION_TIMEOUT),
            () -> alive);
    this.confirmations = new Confirmations(broker, io, () -> alive);
  }

  String route() {
    return route;
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo("memory", "1.0", "1.0");
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return MemoryCapabilities.of(request.options());
  }

  @Override
  public Dispatch dispatch() {
    return request.options().get(MemoryBackend.DISPATCH);
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    lockedAlive(() -> true);
    return new LinkProducer() {
      @Override
      public void send(OutboundMessage message) {
        publish(actual.of(destination), message);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest wanted, DeliverySink sink) {
    return lockedAlive(
        () -> {
          MemoryQueue queue = broker.store().open(actual.of(wanted.source()));
          if (keysByTurn()) {
            queue.requireOneKind(wanted.keyOrdered());
          }
          boolean own = dispatch() == Dispatch.INLINE;
          Worker worker = own ? new Worker(threadName + "-" + ++consumerCount) : io;
          MemoryConsumer consumer =
              nativeRelease()
                  ? new DelayingConsumer(this, queue, wanted, sink, worker, own)
                  : new MemoryConsumer(this, queue, wanted, sink, worker, own);
          consumers.add(consumer);
          consumer.attach();
          return consumer;
        });
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    lockedAlive(
        () -> {
          broker.store().declare(actual.of(destination), options);
          return true;
        });
  }

  @Override
  public void delete(Destination destination) {
    lockedAlive(
        () -> {
          deleteNow(actual.of(destination));
          return true;
        });
  }

  @Override
  public boolean exists(Destination destination) {
    return lockedAlive(() -> broker.store().exists(actual.of(destination)));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    lockedAlive(
        () -> {
          broker.store().unsubscribe(actual.of(topic), name);
          return true;
        });
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    lockedAlive(
        () -> {
          broker.store().unsubscribe(pattern, name);
          return true;
        });
  }

  @Override
  public QueueDepth depth(Queue queue) {
    return lockedAlive(
        () -> {
          MemoryQueue found = broker.store().queue(actual.of(queue));
          return QueueDepth.of(found.ready(), found.inFlight(), true);
        });
  }

  @Override
  public void purge(Queue queue) {
    lockedAlive(
        () -> {
          broker.store().queue(actual.of(queue)).purge();
          return true;
        });
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    List<Message> messages =
        lockedAlive(() -> broker.store().queue(actual.of(queue)).contents()).stream()
            .map(stored -> MemoryMapper.decode(stored.record))
            .filter(decoded -> decoded.fault() == null)
            .map(MemoryMapper.Decoded::message)
            .toList();
    return new MemoryBrowser(queue, messages.iterator());
  }

  @Override
  public void declareTemporary(Queue queue) {
    declare(queue, QueueOptions.DEFAULT);
    broker.lockedRun(() -> temporaryQueues.add(queue));
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return type.isInstance(broker) ? Optional.of(type.cast(broker)) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    List<MemoryConsumer> open = broker.locked(this::leave);
    open.forEach(MemoryConsumer::close);
    io.stop(STOP_LIMIT);
  }

  /** A goodbye that is swallowed leaves all as it was, until the broker notices the loss. */
  private List<MemoryConsumer> leave() {
    closed = true;
    return passesRequest() ? end(MemoryConsumer::detach) : List.copyOf(consumers);
  }

  /** The link breaks: what consumers held goes back, and nothing is confirmed any more. */
  void lose(ConnectionLostException cause) {
    boolean first = broker.locked(() -> alive && !closed);
    end(MemoryConsumer::drop);
    if (first) {
      request.listener().lost(cause);
    }
  }

  void forget(MemoryConsumer consumer) {
    consumers.remove(consumer);
  }

  boolean passesRequest() {
    return wire.passesRequest();
  }

  boolean passesAnswer() {
    return wire.passesAnswer();
  }

  boolean isDamaged() {
    return wire.isDamaged();
  }

  boolean keysByTurn() {
    return request.options().get(MemoryBackend.KEYS_BY_TURN);
  }

  boolean countsTakes() {
    return request.options().get(MemoryBackend.COUNTS_TAKES);
  }

  boolean nativeRelease() {
    return request.options().get(MemoryBackend.NATIVE_RELEASE);
  }

  /** The broker is silent: the link is lost when that lasts for longer than it was told to wait. */
  void watchSilence() {
    MemoryClock.after(request.options().get(MemoryBackend.SILENCE_LIMIT), this::loseIfSilent);
  }

  private void loseIfSilent() {
    if (broker.frozen()) {
      lose(new ConnectionLostException("The broker in memory has been silent for too long"));
    }
  }

  /** The broker runs on. */
  void thaw() {
    confirmations.tellHeld();
    broker.lockedRun(() -> consumers.forEach(MemoryConsumer::wake));
  }

  <T> T lockedAlive(Supplier<T> action) {
    return wire.ask(action);
  }

  private void deleteNow(Destination destination) {
    for (MemoryConsumer orphan : broker.store().delete(destination)) {
      orphan.orphan(new DestinationNotFoundException(destination.describe() + " was deleted"));
    }
  }

  private void publish(Destination destination, OutboundMessage outbound) {
    MemoryRecord record = MemoryMapper.encode(outbound);
    broker.lockedRun(
        () -> {
          if (alive && passesRequest()) {
            Runnable outcome = store(destination, record, outbound);
            if (passesAnswer()) {
              confirmations.tell(outcome);
            }
          }
        });
  }

  private Runnable store(Destination destination, MemoryRecord record, OutboundMessage outbound) {
    try {
      broker.store().publish(destination, record);
      return outbound::confirmed;
    } catch (MessagingException e) {
      return () -> outbound.failed(e);
    }
  }

  /** Ends it under the lock; returns the consumers that it had. */
  private List<MemoryConsumer> end(Consumer<MemoryConsumer> ending) {
    return broker.locked(
        () -> {
          alive = false;
          List<MemoryConsumer> open = List.copyOf(consumers);
          open.forEach(ending);
          temporaryQueues.forEach(this::deleteNow);
          broker.forget(this);
          return open;
        });
  }
}
