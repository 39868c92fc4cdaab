package io.anymq.tck.reference;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
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
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A connection to the broker in memory. Its state is guarded by the broker's lock. */
class MemoryLink implements Link, DepthQuery, Purger, Browsing, TemporaryQueues, TopicPatterns {

  /** Long enough for a thread that does not hang; one that does is left behind. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private static final Set<Capability> NATIVE =
      Set.of(
          Capability.PERSISTENCE,
          Capability.PRIORITY,
          Capability.DELIVERY_DELAY,
          Capability.DELIVERY_COUNT,
          Capability.DURABLE_SUBSCRIPTIONS,
          Capability.SHARED_SUBSCRIPTIONS,
          Capability.TOPIC_PATTERNS,
          Capability.BROWSE,
          Capability.PURGE,
          Capability.TEMPORARY_QUEUES,
          Capability.BOUNDED_QUEUES,
          Capability.KEY_ORDERING,
          Capability.QUEUE_SELECTORS,
          Capability.REPLAY,
          Capability.QUEUE_DEPTH,
          Capability.IN_FLIGHT_COUNT);

  final MemoryBroker broker;
  private final LinkRequest request;
  private final String route;
  private final String threadName = "anymq-memory-" + COUNT.incrementAndGet();
  private final Worker io = new Worker(threadName);
  private final Set<MemoryConsumer> consumers = new LinkedHashSet<>();
  private final Set<Queue> temporaryQueues = new LinkedHashSet<>();
  private final List<Runnable> heldConfirmations = new ArrayList<>();
  private boolean alive = true;
  private int consumerCount;

  MemoryLink(MemoryBroker broker, LinkRequest request, String route) {
    this.broker = broker;
    this.request = request;
    this.route = route;
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
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    NATIVE.forEach(capability -> support.put(capability, Support.NATIVE));
    if (keysByTurn()) {
      support.put(Capability.KEY_ORDERING, Support.EMULATED);
    }
    if (request.options().get(MemoryBackend.PRIORITY_BY_BANDS)) {
      support.put(Capability.PRIORITY, Support.EMULATED);
    }
    request.options().get(MemoryBackend.WITHHOLD).forEach(support::remove);
    return support;
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
        publish(actual(destination), message);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest wanted, DeliverySink sink) {
    return lockedAlive(
        () -> {
          MemoryQueue queue = broker.store().open(actual(wanted.source()));
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
          broker.store().declare(actual(destination), options);
          return true;
        });
  }

  @Override
  public void delete(Destination destination) {
    lockedAlive(
        () -> {
          deleteNow(actual(destination));
          return true;
        });
  }

  @Override
  public boolean exists(Destination destination) {
    return lockedAlive(() -> broker.store().exists(actual(destination)));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    lockedAlive(
        () -> {
          broker.store().unsubscribe(actual(topic), name);
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
          MemoryQueue found = broker.store().queue(actual(queue));
          OptionalLong inFlight = OptionalLong.of(found.inFlight());
          return new QueueDepth(
              found.ready(), QueueDepth.Counting.READY, inFlight, true, Instant.now());
        });
  }

  @Override
  public void purge(Queue queue) {
    lockedAlive(
        () -> {
          broker.store().queue(actual(queue)).purge();
          return true;
        });
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    List<Message> messages =
        lockedAlive(() -> broker.store().queue(actual(queue)).contents()).stream()
            .map(stored -> MemoryMapper.decode(stored.record).message())
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
    List<MemoryConsumer> open = end();
    open.forEach(MemoryConsumer::close);
    io.stop(STOP_LIMIT);
  }

  /** The link breaks: what consumers held goes back, and nothing is confirmed any more. */
  void lose(ConnectionLostException cause) {
    boolean first = broker.locked(() -> alive);
    end();
    if (first) {
      request.listener().lost(cause);
    }
  }

  void forget(MemoryConsumer consumer) {
    consumers.remove(consumer);
  }

  boolean keysByTurn() {
    return request.options().get(MemoryBackend.KEYS_BY_TURN);
  }

  boolean nativeRelease() {
    return request.options().get(MemoryBackend.NATIVE_RELEASE);
  }

  /** Runs the confirmations that were held back, if the broker confirms again. */
  void confirmHeld() {
    if (broker.confirming()) {
      broker.lockedRun(
          () -> {
            heldConfirmations.forEach(io::execute);
            heldConfirmations.clear();
          });
    }
  }

  <T> T lockedAlive(Supplier<T> action) {
    return broker.locked(
        () -> {
          if (!alive) {
            throw new ConnectionLostException("The link to the broker in memory is gone");
          }
          return action.get();
        });
  }

  /** The queue that configuration means by this one. */
  Queue actual(Queue queue) {
    return request.names().of(queue).map(Queue::of).orElse(queue);
  }

  private Topic actual(Topic topic) {
    return request.names().of(topic).map(Topic::of).orElse(topic);
  }

  /** The destination that configuration means by this one. */
  Destination actual(Destination destination) {
    return destination instanceof Queue queue ? actual(queue) : actual((Topic) destination);
  }

  private Source actual(Source source) {
    if (source instanceof Source.OfQueue of) {
      return new Source.OfQueue(actual(of.queue()));
    }
    return source instanceof Source.OfTopic of
        ? new Source.OfTopic(actual(of.topic()), of.terms())
        : source;
  }

  private void deleteNow(Destination destination) {
    for (MemoryConsumer orphan : broker.store().delete(destination)) {
      orphan.orphan(new DestinationNotFoundException(destination + " was deleted"));
    }
  }

  private void publish(Destination destination, OutboundMessage outbound) {
    MemoryRecord record = MemoryMapper.encode(outbound.message());
    broker.lockedRun(
        () -> {
          if (alive) {
            confirm(store(destination, record, outbound));
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

  private void confirm(Runnable outcome) {
    Runnable ifAlive =
        () -> {
          if (broker.locked(() -> alive)) {
            outcome.run();
          }
        };
    if (broker.confirming()) {
      io.execute(ifAlive);
    } else {
      heldConfirmations.add(ifAlive);
    }
  }

  /** Ends it under the lock; returns the consumers that it had. */
  private List<MemoryConsumer> end() {
    return broker.locked(
        () -> {
          alive = false;
          List<MemoryConsumer> open = List.copyOf(consumers);
          open.forEach(MemoryConsumer::detach);
          temporaryQueues.forEach(this::deleteNow);
          broker.forget(this);
          return open;
        });
  }
}
