package io.anymq.activemq;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
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
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionMetaData;
import org.apache.activemq.command.ActiveMQDestination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One native connection; and one more for each durable subscription, which needs an identity. */
final class ActiveMqLink
    implements Link, DepthQuery, Purger, AtomicCommit, Browsing, TopicPatterns, TemporaryQueues {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqLink.class);

  /** What consumers get to end in when there is no time at all. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final LinkRequest request;
  private final OpenWire wire;
  private final Consumer<String> warnings;
  private final ActiveMqDestinations names;
  private final ActiveMqMapper mapper;
  private final Optional<ArtemisManagement> artemis;
  private final boolean persistent;
  private final Optional<ArtemisLosses> losses;
  private final Optional<ActiveMqStatistics> statistics;
  private final boolean scheduler;
  private final Optional<ActiveMqTurns> turns;
  private final ActiveMqDeletions deletions;
  private final Topology topology;
  private final ActiveMqConsumer.Setting setting;
  private final ActiveMqConsumers consumers;
  private final Set<ActiveMqBrowser> browsers = ConcurrentHashMap.newKeySet();

  private ActiveMqLink(LinkRequest request, OpenWire wire, Consumer<String> warnings) {
    this.request = request;
    this.wire = wire;
    this.warnings = warnings;
    names = new ActiveMqDestinations(request.names());
    artemis = ArtemisManagement.detect(wire, request.operationTimeout());
    persistent = artemis.map(ArtemisManagement::isPersistent).orElse(true);
    losses = artemis.map(management -> new ArtemisLosses(names, management, warnings));
    mapper = new ActiveMqMapper(names, artemis.isPresent());
    statistics =
        artemis.isPresent()
            ? Optional.empty()
            : ActiveMqStatistics.detect(wire, request.operationTimeout());
    deletions = ActiveMqDeletions.listen(wire);
    scheduler = artemis.isEmpty() && ActiveMqScheduler.detect(wire);
    turns =
        deletions.hasHeard()
            ? statistics.map(plugin -> new ActiveMqTurns(wire, plugin))
            : Optional.empty();
    topology = topology();
    setting =
        new ActiveMqConsumer.Setting(
            wire,
            names,
            mapper,
            deletions,
            new ActiveMqHandOuts(wire, statistics, request.operationTimeout()),
            request.operationTimeout());
    ActiveMqSubscriptions subscriptions = new ActiveMqSubscriptions(request);
    consumers =
        new ActiveMqConsumers(
            request,
            setting,
            subscriptions,
            statistics.map(
                plugin ->
                    new ActiveMqSharing(
                        wire, names, plugin, subscriptions, request.operationTimeout())),
            turns,
            statistics.map(
                plugin -> new ActiveMqPages(wire, plugin::of, request.operationTimeout())));
  }

  private Topology topology() {
    return artemis
        .<Topology>map(
            management ->
                new ArtemisTopology(wire, names, management, deletions, request.operationTimeout()))
        .orElseGet(() -> new ActiveMqTopology(wire, names, statistics));
  }

  /**
   * Connects, and finds out what the broker can do. An interrupt of the caller must not be taken
   * for the broker's answer to one of the questions: they are asked on another thread.
   */
  static ActiveMqLink open(LinkRequest request) {
    return open(request, LOG::warn);
  }

  /** The same; what the operator should know goes to the consumer. */
  static ActiveMqLink open(LinkRequest request, Consumer<String> warnings) {
    try {
      return Waits.aside(
          "anymq-activemq-connect",
          () -> openHere(request, warnings),
          late -> late.close(request.connectTimeout()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.connecting(Endpoint.parse(request.url().address()), e);
    }
  }

  private static ActiveMqLink openHere(LinkRequest request, Consumer<String> warnings) {
    OpenWire wire = OpenWire.open(request, Optional.empty(), request.listener()::lost);
    try {
      ActiveMqLink link = new ActiveMqLink(request, wire, warnings);
      link.warnWithoutStatistics();
      return link;
    } catch (Throwable e) {
      wire.close(request.connectTimeout());
      throw e;
    }
  }

  /** What is refused without the plug-in says so itself; this is what goes on, and is worse. */
  private void warnWithoutStatistics() {
    if (statistics.isEmpty() && artemis.isEmpty()) {
      warnings.accept(
          "The broker at %s does not answer questions about statistics: it has no statistics plug-in, or this user may not ask. When a process crashes, what only waited in its prefetch therefore counts as delivered, so that a message can be dead-lettered that no application received; and a durable subscription of a deleted topic gets nothing from a new topic of that name. Add <statisticsBrokerPlugin/> to the <plugins> in activemq.xml"
              .formatted(Endpoint.parse(request.url().address())));
    }
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo(
        artemis.isPresent() ? ActiveMqBackend.ARTEMIS : ActiveMqBackend.NAME,
        artemis.map(ArtemisManagement::version).orElseGet(wire::brokerVersion),
        ActiveMQConnectionMetaData.PROVIDER_VERSION);
  }

  @Override
  public Map<Capability, Support> capabilities() {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    if (persistent) {
      support.put(Capability.PERSISTENCE, Support.NATIVE);
    }
    support.put(Capability.DELIVERY_COUNT, Support.NATIVE);
    support.put(Capability.DURABLE_SUBSCRIPTIONS, Support.NATIVE);
    support.put(Capability.PURGE, Support.EMULATED);
    support.put(Capability.PRIORITY, Support.EMULATED);
    support.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
    support.put(Capability.TOPIC_PATTERNS, Support.NATIVE);
    if (scheduler) {
      support.put(Capability.DELIVERY_DELAY, Support.NATIVE);
    }
    if (statistics.isPresent()) {
      support.put(Capability.QUEUE_DEPTH, Support.NATIVE);
      support.put(Capability.IN_FLIGHT_COUNT, Support.NATIVE);
      support.put(Capability.BROWSE, Support.NATIVE);
      support.put(Capability.TEMPORARY_QUEUES, Support.NATIVE);
      support.put(Capability.SHARED_SUBSCRIPTIONS, Support.EMULATED);
      support.put(Capability.QUEUE_SELECTORS, Support.NATIVE);
    }
    if (turns.isPresent()) {
      support.put(Capability.KEY_ORDERING, Support.EMULATED);
    }
    if (artemis.isPresent()) {
      support.put(Capability.QUEUE_DEPTH, Support.NATIVE);
      support.put(Capability.IN_FLIGHT_COUNT, Support.NATIVE);
    }
    return support;
  }

  @Override
  public Map<Capability, String> advice() {
    Map<Capability, String> advice = new EnumMap<>(Capability.class);
    advice.put(
        Capability.PERSISTENCE,
        "let Artemis store messages (<persistence-enabled>true</persistence-enabled> in broker.xml)");
    advice.put(
        Capability.DELIVERY_DELAY,
        "switch the broker's scheduler on (schedulerSupport=\"true\" in activemq.xml)");
    for (Capability capability :
        List.of(
            Capability.QUEUE_DEPTH,
            Capability.IN_FLIGHT_COUNT,
            Capability.BROWSE,
            Capability.TEMPORARY_QUEUES,
            Capability.SHARED_SUBSCRIPTIONS,
            Capability.QUEUE_SELECTORS,
            Capability.KEY_ORDERING)) {
      advice.put(
          capability,
          "ActiveMQ Classic with its statistics plug-in (statisticsBrokerPlugin in activemq.xml) has it");
    }
    return advice;
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.HAND_OFF;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    if (ActiveMqTemporaries.isTemporary(destination) && !exists(destination)) {
      throw ActiveMqErrors.missing(destination.describe());
    }
    losses.ifPresent(found -> found.check(destination));
    ActiveMQDestination to = names.toNative(destination);
    return ActiveMqProducer.open(
        wire,
        mapper,
        deletions,
        scheduler,
        destination.describe(),
        to.isTemporary() ? () -> names.toNative(destination) : () -> to);
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest wanted, DeliverySink sink) {
    losses.ifPresent(found -> destination(wanted.source()).ifPresent(found::check));
    return consumers.open(wanted, sink);
  }

  /** A pattern is no destination. */
  private static Optional<Destination> destination(Source source) {
    if (source instanceof Source.OfQueue of) {
      return Optional.of(of.queue());
    }
    return source instanceof Source.OfTopic of ? Optional.of(of.topic()) : Optional.empty();
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    topology.declare(destination);
  }

  @Override
  public void declareTemporary(Queue queue) {
    topology.declareTemporary(queue);
  }

  @Override
  public void delete(Destination destination) {
    if (destination instanceof Topic topic) {
      checkNoPatterns(topic);
    }
    topology.delete(destination);
    if (destination instanceof Topic) {
      consumers.topicDeleted(names.toNative(destination));
    }
  }

  private void checkNoPatterns(Topic topic) {
    List<String> kept = consumers.keptPatterns(topic);
    if (!kept.isEmpty()) {
      throw new UnsupportedCapabilityException(
          "%s is not deleted: ActiveMQ would store nothing of a topic that is made again by that name for the subscriptions %s to patterns; unsubscribe those first"
              .formatted(topic.describe(), String.join(", ", kept)));
    }
  }

  @Override
  public boolean exists(Destination destination) {
    return topology.exists(destination);
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    consumers.unsubscribe(ActiveMqShare.of(topic, name, names));
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    consumers.unsubscribe(ActiveMqShare.of(pattern, name));
  }

  private ActiveMqStatistics.Counts counts(Queue queue) {
    if (ActiveMqTemporaries.isTemporary(queue) && !exists(queue)) {
      throw missing(queue);
    }
    return statistics
        .orElseThrow(
            () ->
                new UnsupportedCapabilityException(
                    "The broker has no statistics plug-in; add <statisticsBrokerPlugin/> to its"
                        + " plug-ins"))
        .of(names.toNative(queue))
        .orElseThrow(() -> missing(queue));
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    ActiveMqBrowser browser =
        new ActiveMqBrowser(
            setting, queue, names.toNative(queue), counts(queue).size(), browsers::remove);
    browsers.add(browser);
    try {
      browser.open();
    } catch (Throwable e) {
      browsers.remove(browser);
      throw e;
    }
    return browser;
  }

  @Override
  public QueueDepth depth(Queue queue) {
    if (topology instanceof ArtemisTopology destinations) {
      return destinations.depth(queue).orElseThrow(() -> missing(queue));
    }
    ActiveMqStatistics.Counts counts = counts(queue);
    return QueueDepth.of(counts.size() - counts.inFlight(), counts.inFlight(), true);
  }

  @Override
  public void purge(Queue queue) {
    if (!exists(queue)) {
      throw missing(queue);
    }
    new ActiveMqPurge(wire, names.toNative(queue), request.operationTimeout()).run();
  }

  /** The broker's scheduler takes no part in a transaction: a crash could lose the message. */
  @Override
  public boolean takesDelayedSends() {
    return false;
  }

  @Override
  public void commit(List<Send> sends, List<Accept> accepts) {
    if (sends.isEmpty() && accepts.isEmpty()) {
      return;
    }
    if (sends.stream().anyMatch(send -> send.message().deliveryDelay().isPresent())) {
      throw new UnsupportedCapabilityException(
          "The broker's scheduler takes no part in a transaction: send a delayed message outside of"
              + " the session");
    }
    new ActiveMqTransaction(wire, names, mapper, scheduler, accepts, request.operationTimeout())
        .commit(sends, accepts);
  }

  private static DestinationNotFoundException missing(Queue queue) {
    return ActiveMqErrors.missing(queue.describe());
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    ActiveMQConnection connection = wire.connection();
    return type.isInstance(connection) ? Optional.of(type.cast(connection)) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    boolean waits = !wire.onOwnThread();
    long end = System.nanoTime() + timeout.toNanos();
    ActiveMqConsumers.Closing closing = consumers.close();
    try {
      browsers.forEach(ActiveMqBrowser::close);
      closing.await(waits ? longer(timeout, GRACE) : Duration.ZERO);
    } finally {
      wire.close(longer(Duration.ofNanos(end - System.nanoTime()), Duration.ZERO));
      closing.cut(waits);
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
