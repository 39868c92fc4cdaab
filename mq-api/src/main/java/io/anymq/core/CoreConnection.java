package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.BackendInfo;
import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionListener;
import io.anymq.ConnectionOptions;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Browsing;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.Purger;
import io.anymq.spi.Source;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection: the gate for what is asked of it. Its {@link Household} owns all that it made. */
final class CoreConnection implements Connection {

  private final String url;
  private final Options options;
  private final Threads threads;
  private final Supervisor supervisor;
  private final MessageGate gate;
  private final Household household;
  private final Destinations destinations;

  private CoreConnection(
      DefaultConnectionFactory factory, ConnectionListener listener, Threads threads) {
    options = factory.options();
    this.threads = threads;
    url = factory.url();
    supervisor = new Supervisor(factory, threads, new StateEvents(this, listener, threads));
    gate = new MessageGate(options.get(ConnectionOptions.MAX_MESSAGE_BYTES));
    household = new Household(this);
    destinations = new Destinations(household::ownsTemporary);
  }

  static CoreConnection open(DefaultConnectionFactory factory, ConnectionListener listener) {
    return open(
        factory, listener, new Threads(factory.options().get(ConnectionOptions.CLIENT_NAME)));
  }

  /** Opens a connection whose work is done by these threads. */
  static CoreConnection open(
      DefaultConnectionFactory factory, ConnectionListener listener, Threads threads) {
    CoreConnection connection = new CoreConnection(factory, listener, threads);
    try {
      threads.everyTick(
          connection.supervisor::tick); // first, for it starts threads that are missing
      connection.supervisor.open();
      factory.required().forEach(connection.capabilities()::require);
    } catch (RuntimeException | Error e) {
      Guard.run(() -> connection.close(Duration.ZERO), e::addSuppressed);
      throw e;
    }
    return connection;
  }

  // --- for the rest of the core

  Options options() {
    return options;
  }

  Threads threads() {
    return threads;
  }

  Destinations destinations() {
    return destinations;
  }

  Supervisor supervisor() {
    return supervisor;
  }

  Duration closeTimeout() {
    return options.get(ConnectionOptions.CLOSE_TIMEOUT);
  }

  Message admit(Message message) {
    return gate.admit(message, capabilities());
  }

  Message stamp(Message message) {
    return gate.stamp(message);
  }

  /** The producer that the connection keeps for a destination; it may be retired any time. */
  CoreProducer kept(Destination destination) {
    return household.withKept(destination, producer -> producer);
  }

  /** Uses the producer that the connection keeps for a destination. */
  <T> T withKept(Destination destination, Function<CoreProducer, T> use) {
    return household.withKept(destination, use);
  }

  void forget(CoreProducer producer) {
    supervisor.forget(producer);
    household.forget(producer);
  }

  void forget(CoreConsumer consumer) {
    supervisor.forget(consumer);
    household.forget(consumer);
  }

  void forget(CoreSession session) {
    household.forget(session);
  }

  // --- what it is

  @Override
  public Capabilities capabilities() {
    return supervisor.state().capabilities();
  }

  @Override
  public BackendInfo backend() {
    return supervisor.call(now -> now.link().info());
  }

  @Override
  public ConnectionState state() {
    return supervisor.state().state();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    requireNonNull(type, "type must not be null");
    return supervisor
        .call(now -> now.link().unwrap(type))
        .orElseThrow(
            () ->
                new MessagingException(
                    ErrorCode.ILLEGAL_USE,
                    "This connection has no native %s; the adapter's package documentation lists what it has"
                        .formatted(type.getName())));
  }

  // --- what it makes

  @Override
  public CoreProducer createProducer(Destination destination, ProducerOptions producerOptions) {
    requireNonNull(destination, "destination must not be null");
    requireNonNull(producerOptions, "options must not be null");
    return household.adopt(new CoreProducer(this, destination, producerOptions));
  }

  @Override
  public Consumer createConsumer(Queue queue, ConsumerOptions consumerOptions) {
    requireNonNull(queue, "queue must not be null");
    requireNonNull(consumerOptions, "options must not be null");
    return consumer(queue, consumerOptions, null);
  }

  @Override
  public Consumer createConsumer(
      Queue queue, ConsumerOptions consumerOptions, MessageListener listener) {
    requireNonNull(queue, "queue must not be null");
    requireNonNull(consumerOptions, "options must not be null");
    requireNonNull(listener, "listener must not be null");
    return consumer(queue, consumerOptions, listener);
  }

  CoreConsumer consumer(
      Queue queue, ConsumerOptions consumerOptions, @Nullable MessageListener listener) {
    ConsumerGate.checkQueue(capabilities(), queue, consumerOptions);
    destinations.requireConsumable(queue);
    return household.adopt(
        new CoreConsumer(this, new Source.OfQueue(queue), consumerOptions, listener));
  }

  @Override
  public Subscription subscribe(Topic topic, SubscriptionOptions terms) {
    requireNonNull(topic, "topic must not be null");
    requireNonNull(terms, "options must not be null");
    return subscription(topic, terms, null);
  }

  @Override
  public Subscription subscribe(Topic topic, SubscriptionOptions terms, MessageListener listener) {
    requireNonNull(topic, "topic must not be null");
    requireNonNull(terms, "options must not be null");
    requireNonNull(listener, "listener must not be null");
    return subscription(topic, terms, listener);
  }

  CoreSubscription subscription(
      Topic topic, SubscriptionOptions terms, @Nullable MessageListener listener) {
    ConsumerGate.checkSubscription(capabilities(), terms);
    if (terms.consumer().deadLetterQueue().isEmpty()) {
      ConsumerGate.checkDeadLetterQueue(topic);
    }
    Source source = new Source.OfTopic(topic, terms(terms));
    return household.adopt(new CoreSubscription(this, source, terms, listener));
  }

  @Override
  public Subscription subscribe(TopicPattern pattern, SubscriptionOptions terms) {
    requireNonNull(pattern, "pattern must not be null");
    requireNonNull(terms, "options must not be null");
    return subscription(pattern, terms, null);
  }

  @Override
  public Subscription subscribe(
      TopicPattern pattern, SubscriptionOptions terms, MessageListener listener) {
    requireNonNull(pattern, "pattern must not be null");
    requireNonNull(terms, "options must not be null");
    requireNonNull(listener, "listener must not be null");
    return subscription(pattern, terms, listener);
  }

  private CoreSubscription subscription(
      TopicPattern pattern, SubscriptionOptions terms, @Nullable MessageListener listener) {
    capabilities().require(Capability.TOPIC_PATTERNS);
    ConsumerGate.checkSubscription(capabilities(), terms);
    ConsumerGate.checkPattern(terms);
    Source source = new Source.OfPattern(pattern, terms(terms));
    return household.adopt(new CoreSubscription(this, source, terms, listener));
  }

  private static Source.Terms terms(SubscriptionOptions options) {
    return new Source.Terms(
        options.name(),
        options.durable(),
        options.shared(),
        options.replayFrom(),
        options.replayAfter());
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    requireNonNull(topic, "topic must not be null");
    requireNonNull(name, "name must not be null");
    capabilities().require(Capability.DURABLE_SUBSCRIPTIONS);
    Destination.requireName(name);
    run(link -> link.unsubscribe(topic, name));
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    requireNonNull(pattern, "pattern must not be null");
    requireNonNull(name, "name must not be null");
    capabilities().require(Capability.DURABLE_SUBSCRIPTIONS);
    capabilities().require(Capability.TOPIC_PATTERNS);
    Destination.requireName(name);
    run(link -> CoreCapabilities.extension(link, TopicPatterns.class).unsubscribe(pattern, name));
  }

  @Override
  public Session createSession() {
    capabilities().require(Capability.TRANSACTIONS);
    return household.adopt(new CoreSession(this));
  }

  @Override
  public Message send(Destination destination, Message message) {
    requireNonNull(destination, "destination must not be null");
    requireNonNull(message, "message must not be null");
    return withKept(destination, producer -> producer.send(message));
  }

  @Override
  public CompletableFuture<Message> sendAsync(Destination destination, Message message) {
    requireNonNull(destination, "destination must not be null");
    requireNonNull(message, "message must not be null");
    return withKept(destination, producer -> producer.sendAsync(message));
  }

  @Override
  public Message request(Destination destination, Message request, Duration timeout) {
    requireNonNull(destination, "destination must not be null");
    requireNonNull(request, "request must not be null");
    Waits.requireTimeout(timeout);
    capabilities().require(Capability.REQUEST_REPLY);
    return household.requests().exchange(destination, request, timeout);
  }

  @Override
  public CompletableFuture<Message> requestAsync(
      Destination destination, Message request, Duration timeout) {
    requireNonNull(destination, "destination must not be null");
    requireNonNull(request, "request must not be null");
    Waits.requireTimeout(timeout);
    capabilities().require(Capability.REQUEST_REPLY);
    return household.requests().exchangeAsync(destination, request, timeout);
  }

  @Override
  public Message reply(Message request, Message answer) {
    requireNonNull(request, "request must not be null");
    requireNonNull(answer, "answer must not be null");
    Destination to = request.replyTo().orElseThrow(() -> Requests.noReply("it has no reply-to"));
    return send(to, Requests.answerTo(request, answer));
  }

  // --- what it asks the broker

  @Override
  public QueueDepth depth(Queue queue) {
    requireNonNull(queue, "queue must not be null");
    capabilities().require(Capability.QUEUE_DEPTH);
    return supervisor.call(
        now -> CoreCapabilities.extension(now.link(), DepthQuery.class).depth(queue));
  }

  @Override
  public QueueBrowser createBrowser(Queue queue) {
    requireNonNull(queue, "queue must not be null");
    capabilities().require(Capability.BROWSE);
    return supervisor.call(
        now -> CoreCapabilities.extension(now.link(), Browsing.class).browse(queue));
  }

  @Override
  public Queue createTemporaryQueue() {
    capabilities().require(Capability.TEMPORARY_QUEUES);
    return household.makeTemporaryQueue();
  }

  @Override
  public void declare(Destination destination) {
    requireNonNull(destination, "destination must not be null");
    run(link -> link.declare(destination, QueueOptions.DEFAULT));
  }

  @Override
  public void declare(Queue queue, QueueOptions queueOptions) {
    requireNonNull(queue, "queue must not be null");
    requireNonNull(queueOptions, "options must not be null");
    if (queueOptions.maxLength().isPresent()) {
      capabilities().require(Capability.BOUNDED_QUEUES);
    }
    if (queueOptions.prioritized()) {
      capabilities().require(Capability.PRIORITY);
    }
    run(link -> link.declare(queue, queueOptions));
  }

  @Override
  public void delete(Destination destination) {
    requireNonNull(destination, "destination must not be null");
    household.forgetTemporary(destination);
    run(link -> link.delete(destination));
  }

  @Override
  public boolean exists(Destination destination) {
    requireNonNull(destination, "destination must not be null");
    return supervisor.call(now -> now.link().exists(destination));
  }

  @Override
  public void purge(Queue queue) {
    requireNonNull(queue, "queue must not be null");
    capabilities().require(Capability.PURGE);
    run(link -> CoreCapabilities.extension(link, Purger.class).purge(queue));
  }

  private void run(java.util.function.Consumer<Link> operation) {
    boolean unused =
        supervisor.call(
            now -> {
              operation.accept(now.link());
              return true;
            });
  }

  // --- the end

  @Override
  public void close() {
    close(closeTimeout());
  }

  @Override
  public void close(Duration timeout) {
    Deadline deadline = Deadline.in(Waits.requireTimeout(timeout));
    boolean first = supervisor.state().beginClose();
    if (household.isListenerThread() || threads.isTelling() || threads.isCompleting()) {
      // The listener or stage that calls this must return before the rest can be done.
      if (first) {
        threads.closer(() -> finishClose(deadline));
      }
    } else if (first) {
      uninterrupted(() -> finishClose(deadline));
    } else {
      supervisor.awaitEnd(deadline);
    }
  }

  /**
   * Does what no interrupt must cut short, such as a close. A thread of the connection's own does
   * it by itself: nobody interrupts it, and who closes may ask whether it is on that very thread.
   */
  void uninterrupted(Runnable action) {
    if (threads.isOwn() || household.isListenerThread()) {
      Interrupts.deferred(action);
    } else {
      Interrupts.elsewhere(threads, action);
    }
  }

  private void finishClose(Deadline deadline) {
    Guard.all(
        () -> household.close(deadline),
        () -> supervisor.finishClose(deadline.remaining()),
        () -> threads.end(deadline));
  }

  @Override
  public String toString() {
    return "Connection[%s, %s]".formatted(url, state());
  }
}
