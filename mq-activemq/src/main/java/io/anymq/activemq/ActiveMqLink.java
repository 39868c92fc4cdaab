package io.anymq.activemq;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
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
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionMetaData;
import org.apache.activemq.command.ConsumerInfo;

/** One native connection; and one more for each durable subscription, which needs an identity. */
final class ActiveMqLink implements Link, DepthQuery, Purger, AtomicCommit {

  private final LinkRequest request;
  private final OpenWire wire;
  private final ActiveMqDestinations names;
  private final ActiveMqMapper mapper;
  private final Optional<ActiveMqStatistics> statistics;
  private final ActiveMqDeletions deletions;
  private final ActiveMqTopology topology;
  private final ActiveMqSubscriptions subscriptions;
  private final Set<ActiveMqConsumer> consumers = ConcurrentHashMap.newKeySet();

  private ActiveMqLink(LinkRequest request, OpenWire wire) {
    this.request = request;
    this.wire = wire;
    names = new ActiveMqDestinations(request.names());
    mapper = new ActiveMqMapper(names);
    statistics = ActiveMqStatistics.detect(wire, request.operationTimeout());
    deletions = ActiveMqDeletions.listen(wire);
    topology = new ActiveMqTopology(wire, names, statistics);
    subscriptions = new ActiveMqSubscriptions(request, names);
  }

  /** Connects, and finds out what the broker can do. */
  static ActiveMqLink open(LinkRequest request) {
    OpenWire wire = OpenWire.open(request, Optional.empty(), request.listener()::lost);
    try {
      return new ActiveMqLink(request, wire);
    } catch (RuntimeException e) {
      wire.close(request.connectTimeout());
      throw e;
    }
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo(
        ActiveMqBackend.NAME, wire.brokerVersion(), ActiveMQConnectionMetaData.PROVIDER_VERSION);
  }

  @Override
  public Map<Capability, Support> capabilities() {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    support.put(Capability.PERSISTENCE, Support.NATIVE);
    support.put(Capability.DELIVERY_COUNT, Support.NATIVE);
    support.put(Capability.DURABLE_SUBSCRIPTIONS, Support.NATIVE);
    support.put(Capability.PURGE, Support.EMULATED);
    support.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
    if (statistics.isPresent()) {
      support.put(Capability.QUEUE_DEPTH, Support.NATIVE);
      support.put(Capability.IN_FLIGHT_COUNT, Support.NATIVE);
    }
    return support;
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.HAND_OFF;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    return ActiveMqProducer.open(wire, mapper, deletions, names.toNative(destination));
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest wanted, DeliverySink sink) {
    if (wanted.source() instanceof Source.OfQueue from) {
      return open(wire, wanted, from.queue(), Optional.empty(), sink);
    }
    if (wanted.source() instanceof Source.OfTopic from) {
      return from.terms().durable()
          ? openDurable(wanted, from, sink)
          : open(wire, wanted, from.topic(), Optional.empty(), sink);
    }
    throw new UnsupportedCapabilityException("Topic patterns are not declared");
  }

  private LinkConsumer openDurable(ConsumerRequest wanted, Source.OfTopic from, DeliverySink sink) {
    String name = from.terms().name().orElseThrow();
    OpenWire own = subscriptions.connect(from.topic(), name, sink::broken);
    try {
      return open(own, wanted, from.topic(), Optional.of(name), sink);
    } catch (MessagingException e) {
      own.close(request.operationTimeout());
      throw e;
    }
  }

  private LinkConsumer open(
      OpenWire on,
      ConsumerRequest wanted,
      Destination source,
      Optional<String> subscription,
      DeliverySink sink) {
    ConsumerInfo info = new ConsumerInfo(on.newConsumerId());
    info.setDestination(names.toNative(source));
    info.setPrefetchSize(wanted.prefetch());
    info.setDispatchAsync(true);
    subscription.ifPresent(info::setSubscriptionName);
    var setting =
        new ActiveMqConsumer.Setting(on, names, mapper, deletions, request.operationTimeout());
    ActiveMqConsumer consumer = new ActiveMqConsumer(setting, info, source, sink, this::closed);
    consumers.add(consumer);
    try {
      consumer.open();
    } catch (MessagingException e) {
      consumers.remove(consumer);
      throw e;
    }
    return consumer;
  }

  private void closed(ActiveMqConsumer consumer) {
    consumers.remove(consumer);
    if (consumer.wire() != wire) {
      consumer.wire().close(request.operationTimeout());
    }
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    topology.declare(destination);
  }

  @Override
  public void delete(Destination destination) {
    topology.delete(destination);
  }

  @Override
  public boolean exists(Destination destination) {
    return topology.exists(destination);
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    subscriptions.unsubscribe(topic, name);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    ActiveMqStatistics.Counts counts =
        statistics
            .orElseThrow(
                () ->
                    new UnsupportedCapabilityException(
                        "The broker has no statistics plug-in; add <statisticsBrokerPlugin/> to its plug-ins"))
            .of(names.toNative(queue))
            .orElseThrow(() -> missing(queue));
    return new QueueDepth(
        counts.size(),
        QueueDepth.Counting.READY_AND_IN_FLIGHT,
        OptionalLong.of(counts.inFlight()),
        true,
        Instant.now());
  }

  @Override
  public void purge(Queue queue) {
    if (!exists(queue)) {
      throw missing(queue);
    }
    new ActiveMqPurge(wire, names.toNative(queue), request.operationTimeout()).run();
  }

  @Override
  public void commit(List<Send> sends, List<Accept> accepts) {
    if (sends.isEmpty() && accepts.isEmpty()) {
      return;
    }
    new ActiveMqTransaction(wire, names, mapper, accepts, request.operationTimeout())
        .commit(sends, accepts);
  }

  private static DestinationNotFoundException missing(Queue queue) {
    return new DestinationNotFoundException("The " + queue + " does not exist");
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    ActiveMQConnection connection = wire.connection();
    return type.isInstance(connection) ? Optional.of(type.cast(connection)) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    consumers.forEach(ActiveMqConsumer::close);
    wire.close(timeout);
  }
}
