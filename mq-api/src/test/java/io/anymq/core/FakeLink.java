package io.anymq.core;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
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
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A link that keeps what is asked of it, and answers as a test says. */
class FakeLink implements Link, DepthQuery, Purger, Browsing, TemporaryQueues, TopicPatterns {

  final LinkRequest request;

  /** What was asked, as text: {@code declare queue:q}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final List<FakeProducer> producers = new CopyOnWriteArrayList<>();
  final List<FakeConsumer> consumers = new CopyOnWriteArrayList<>();
  final Set<Destination> existing = ConcurrentHashMap.newKeySet();

  /** What the next calls of an operation throw, one each. */
  final Map<String, java.util.Queue<RuntimeException>> failures = new ConcurrentHashMap<>();

  /** What an operation waits for before it is done, once. */
  private final Map<String, Before> before = new ConcurrentHashMap<>();

  /** What a test does within a call. */
  interface Before {
    void happen() throws Exception;
  }

  final Map<Queue, QueueDepth> depths = new ConcurrentHashMap<>();
  volatile Dispatch dispatch = Dispatch.HAND_OFF;

  /** Whether what is sent is confirmed at once. */
  volatile boolean confirms = true;

  /** Why each send is refused now; null: it is not. */
  volatile Supplier<@Nullable MessagingException> refusal = () -> null;

  BiFunction<ConsumerRequest, DeliverySink, FakeConsumer> consumerMaker = FakeConsumer::new;
  private final FakeBackend backend;

  FakeLink(FakeBackend backend, LinkRequest request) {
    this.backend = backend;
    this.request = request;
  }

  void lose(MessagingException cause) {
    request.listener().lost(cause);
  }

  void failNext(String operation, RuntimeException failure) {
    failures.computeIfAbsent(operation, key -> new ConcurrentLinkedQueue<>()).add(failure);
  }

  void before(String operation, Before what) {
    before.put(operation, what);
  }

  void asked(String operation, Object about) {
    calls.add(operation + " " + about);
    Before first = before.remove(operation);
    if (first != null) {
      try {
        first.happen();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    java.util.Queue<RuntimeException> planned = failures.get(operation);
    RuntimeException failure = planned == null ? null : planned.poll();
    if (failure != null) {
      throw failure;
    }
  }

  FakeProducer producer(Destination destination) {
    return producers.stream()
        .filter(each -> each.destination.equals(destination))
        .reduce((first, last) -> last)
        .orElseThrow(() -> new AssertionError("There is no producer for " + destination));
  }

  FakeConsumer consumer() {
    return consumers.get(consumers.size() - 1);
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo("fake", "1", "2");
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return backend.capabilities;
  }

  @Override
  public Map<Capability, String> advice() {
    return Map.of(Capability.REPLAY, "set the option of the fake");
  }

  @Override
  public Dispatch dispatch() {
    return dispatch;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    asked("produce", destination);
    FakeProducer producer = new FakeProducer(this, destination, listener);
    producers.add(producer);
    return producer;
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest asked, DeliverySink sink) {
    asked("consume", asked.source());
    FakeConsumer consumer = consumerMaker.apply(asked, sink);
    consumers.add(consumer);
    return consumer;
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    asked("declare", destination);
    existing.add(destination);
  }

  @Override
  public void delete(Destination destination) {
    asked("delete", destination);
    existing.remove(destination);
  }

  @Override
  public boolean exists(Destination destination) {
    asked("exists", destination);
    return existing.contains(destination);
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    asked("unsubscribe", topic + " " + name);
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    asked("unsubscribe", pattern + " " + name);
  }

  @Override
  public void declareTemporary(Queue queue) {
    asked("temporary", queue);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    asked("depth", queue);
    return depths.getOrDefault(queue, QueueDepth.ofReady(0, true));
  }

  @Override
  public void purge(Queue queue) {
    asked("purge", queue);
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    asked("browse", queue);
    return new FakeBrowser(this, queue);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    asked("close", "link");
  }
}
