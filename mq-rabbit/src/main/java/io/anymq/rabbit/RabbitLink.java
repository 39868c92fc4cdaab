package io.anymq.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
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
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Two native connections: one for questions and consumers, and one for producers, made when the
 * first producer is. A broker that runs short of memory or disk stops reading from connections that
 * publish; with a single one, acknowledgements would be held up behind that and the queues never
 * drained. When either is lost, the link is.
 */
final class RabbitLink implements Link, DepthQuery, Purger, TopicPatterns, TemporaryQueues {

  /** How long threads may take to end after their connection has. */
  private static final Duration THREADS_END = Duration.ofSeconds(1);

  /** How often a shared subscription may go with its last consumer while another one begins. */
  private static final int ATTEMPTS = 5;

  private final LinkRequest request;
  private final RabbitConnector connector;
  private final NativeConnection main;
  private final RabbitMapper mapper;
  private final RabbitTopology topology;
  private final RabbitSubscriptions subscriptions;
  private final Optional<RabbitStreams> streams;
  private final RabbitDepth depth;
  private final RabbitDelays delays;
  private final DelaysSeen delaysSeen;
  private final Optional<RabbitManagement> management;
  private final RabbitConsumers opener;
  private final Set<RabbitConsumer> consumers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Object publisherLock = new Object();
  private volatile @Nullable NativeConnection publisher;

  private RabbitLink(LinkRequest request, RabbitConnector connector, NativeConnection main) {
    RabbitNames names = new RabbitNames(request.names());
    this.request = request;
    this.connector = connector;
    this.main = main;
    this.mapper = new RabbitMapper(names);
    this.management = RabbitManagement.find(request);
    this.topology =
        new RabbitTopology(
            main,
            names,
            request.options().get(RabbitOptions.QUEUE_TYPE),
            RabbitAddress.of(request.url()).virtualHost(),
            new QueueCheck(management, DeliveryLimits.of(main.connection())));
    this.streams = RabbitStreams.of(main, names, request.options());
    this.subscriptions =
        new RabbitSubscriptions(topology, new SubscriptionLocks(main, names), main, streams);
    this.delays = new RabbitDelays(main, names);
    this.delaysSeen = new DelaysSeen(delays, this::publisher, request.operationTimeout());
    this.depth = new RabbitDepth(main, names, request.operationTimeout());
    this.opener =
        new RabbitConsumers(
            main, this::publisher, names, mapper, delays, request.operationTimeout());
  }

  static RabbitLink open(LinkRequest request, RabbitConnector connector) {
    Optional<URI> unused = RabbitOptions.management(request.options()); // malformed: refused now
    NativeConnection main = connector.connect("main");
    try {
      RabbitLink link = new RabbitLink(request, connector, main);
      main.onLost(link::lost);
      return link;
    } catch (RuntimeException e) {
      main.close(THREADS_END);
      throw e;
    }
  }

  @Override
  public BackendInfo info() {
    Connection connection = main.connection();
    return new BackendInfo(
        RabbitBackend.NAME,
        String.valueOf(connection.getServerProperties().get("version")),
        String.valueOf(connection.getClientProperties().get("version")));
  }

  @Override
  public Map<Capability, Support> capabilities() {
    Map<Capability, Support> all = new EnumMap<>(Capability.class);
    all.put(Capability.PERSISTENCE, Support.NATIVE);
    all.put(Capability.DURABLE_SUBSCRIPTIONS, Support.NATIVE);
    all.put(Capability.SHARED_SUBSCRIPTIONS, Support.NATIVE);
    all.put(Capability.TOPIC_PATTERNS, Support.NATIVE);
    all.put(Capability.PRIORITY, Support.NATIVE);
    all.put(Capability.BOUNDED_QUEUES, Support.NATIVE);
    all.put(Capability.DELIVERY_DELAY, Support.EMULATED);
    all.put(Capability.KEY_ORDERING, Support.EMULATED);
    all.put(Capability.TEMPORARY_QUEUES, Support.NATIVE);
    all.put(Capability.QUEUE_DEPTH, Support.NATIVE);
    all.put(Capability.PURGE, Support.NATIVE);
    streams.ifPresent(known -> all.put(Capability.REPLAY, Support.EMULATED));
    management.ifPresent(known -> all.put(Capability.IN_FLIGHT_COUNT, Support.EMULATED));
    if (topology.subscriptionsCountDeliveries()) {
      all.put(Capability.DELIVERY_COUNT, Support.NATIVE);
    }
    return all;
  }

  @Override
  public Map<Capability, String> advice() {
    return Map.of(
        Capability.REPLAY,
        "set the option replay-retention, and topics keep what is sent from then on",
        Capability.IN_FLIGHT_COUNT,
        "set the option management to the URL of the broker's management interface",
        Capability.DELIVERY_COUNT,
        "set the option queue-type to quorum");
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.INLINE;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    if (destination instanceof Topic topic) {
      requireHeard(topic);
    }
    return RabbitProducer.open(
        new RabbitTarget(destination, topology),
        publisher().channel("Opening a producer for " + destination.describe()),
        mapper,
        delays,
        listener,
        () -> confirms(destination));
  }

  /** Somebody else may have made the topic, and not yet what hears it. */
  private void requireHeard(Topic topic) {
    try {
      topology.requireBound(topic);
    } catch (DestinationNotFoundException e) {
      NativeConnection.LOG.debug("{} is gone; the first send finds that out", topic.describe(), e);
      return;
    }
    streams.ifPresent(kept -> kept.keepWherePermitted(topic));
  }

  private void confirms(Destination destination) {
    if (destination instanceof Queue queue) {
      depth.isLed(queue);
    }
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest consumer, DeliverySink sink) {
    delays.openGate();
    for (int attempt = 1; ; attempt++) {
      RabbitSource source = subscriptions.source(consumer.source(), consumer.keyOrdered());
      try {
        RabbitConsumer opened = opener.open(source, consumer.prefetch(), sink, consumers::remove);
        consumers.add(opened);
        return stillInNoOrder(opened, source);
      } catch (Throwable e) {
        subscriptions.abandon(source);
        boolean vanished = e instanceof DestinationNotFoundException && source.vanishes();
        if (!vanished || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Somebody may have asked for the order of keys in that very moment. */
  private RabbitConsumer stillInNoOrder(RabbitConsumer opened, RabbitSource source) {
    try {
      subscriptions.requireNoOrder(source);
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    boolean made = topology.declare(destination, options);
    if (made) {
      expectDelayed(destination, options);
      if (destination instanceof Queue queue) {
        depth.isLed(queue);
      }
    }
    if (destination instanceof Topic topic) {
      streams.ifPresent(kept -> kept.keep(topic));
    }
  }

  /** What waits would hold up all that is delayed when a queue with a limit refused it. */
  private void expectDelayed(Destination destination, QueueOptions options) {
    if (options.maxLength().isEmpty()) {
      delays.made(destination);
    }
  }

  @Override
  public void delete(Destination destination) {
    topology.delete(destination);
    if (destination instanceof Queue queue) {
      opener.forget(topology.names().queue(queue));
    }
  }

  @Override
  public boolean exists(Destination destination) {
    return topology.exists(destination);
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    subscriptions.unsubscribe(topic, name);
    opener.forget(topology.names().subscription(topic, name));
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    subscriptions.unsubscribe(pattern, name);
    opener.forget(topology.names().subscription(pattern, name));
  }

  @Override
  public void declareTemporary(Queue queue) {
    topology.declareTemporary(queue);
    depth.isLed(queue);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    long ready = depth.of(queue);
    OptionalLong inFlight =
        management
            .map(known -> known.inFlight(topology.names().queue(queue)))
            .orElse(OptionalLong.empty());
    return inFlight.isPresent()
        ? QueueDepth.of(ready, inFlight.getAsLong(), false)
        : QueueDepth.ofReady(ready, !delaysSeen.any());
  }

  @Override
  public void purge(Queue queue) {
    topology.purge(queue);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return type.isInstance(main.connection())
        ? Optional.of(type.cast(main.connection()))
        : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    Thread closer = connector.threads().make("close", () -> closeInOrder(timeout));
    closer.start();
    if (RabbitThreads.isClientThread()) {
      return; // the closer waits for what this thread reads
    }
    RabbitThreads.join(closer, timeout);
    if (closer.isAlive()) {
      publishing().ifPresent(NativeConnection::closeNow);
      main.closeNow();
    }
    connector.threads().awaitEnd(THREADS_END);
  }

  /** Consumers first: see {@link RabbitConsumer#end()}. */
  private void closeInOrder(Duration timeout) {
    consumers.forEach(RabbitConsumer::end);
    publishing().ifPresent(connection -> connection.close(timeout));
    main.close(timeout);
  }

  private Optional<NativeConnection> publishing() {
    return Optional.ofNullable(publisher);
  }

  private NativeConnection publisher() {
    synchronized (publisherLock) {
      NativeConnection known = publisher;
      if (known != null) {
        return known;
      }
      NativeConnection made = connector.connect("publisher");
      publisher = made;
      made.onLost(this::lost);
      made.warnWhenBlocked(request.url().toString());
      if (closing.get()) {
        made.closeNow();
        throw new ConnectionLostException("The link is closed");
      }
      return made;
    }
  }

  private void lost(ShutdownSignalException signal) {
    if (!closing.get() && lost.compareAndSet(false, true)) {
      request.listener().lost(RabbitErrors.lost(signal, "Connected to " + request.url()));
    }
  }
}
