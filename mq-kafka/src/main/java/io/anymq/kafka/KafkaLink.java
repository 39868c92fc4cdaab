package io.anymq.kafka;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
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
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;

/** A link to a Kafka cluster: an admin client, a producer, and the consumers. */
final class KafkaLink
    implements Link, DepthQuery, Purger, Browsing, TopicPatterns, TemporaryQueues {

  private final KafkaCalls calls;
  private final BrokerProfile profile;
  private final KafkaTopology topology;
  private final QueueContents contents;
  private final LinkState state;
  private final SharedProducer producer;
  private final LinkWatch watch;
  private final Set<TopicProducer> producers = ConcurrentHashMap.newKeySet();
  private final Consumers consumers;
  private final KeptReturn kept;
  private final HandOuts handOuts;
  private final TemporaryTopics temporary;
  private final KafkaTopology farewell;
  private final Delays delays;
  private final LetterRoom room;

  KafkaLink(
      KafkaConfig config,
      KafkaCalls calls,
      BrokerProfile profile,
      KafkaNames names,
      LinkState state) {
    this.calls = calls;
    this.profile = profile;
    this.state = state;
    ShareGroups groups = new ShareGroups(calls, profile);
    topology = new KafkaTopology(calls, config, names, groups, profile);
    KafkaCalls last = calls.farewell(state);
    farewell = new KafkaTopology(last, config, names, new ShareGroups(last, profile), profile);
    producer = new SharedProducer(config);
    KeptRecords notes = new KeptRecords(last, farewell);
    kept = new KeptReturn(config, farewell, notes, producer, state);
    handOuts = new HandOuts(config, farewell, producer);
    contents = new QueueContents(calls, config, topology, profile, state, notes);
    UnusedGroups unused =
        new UnusedGroups(farewell.groups(), new Turns(last), state, config.operationTimeout());
    consumers =
        new Consumers(
            config, topology, new Turns(calls), producer, state, profile, unused, kept, handOuts);
    temporary = new TemporaryTopics(config, calls, topology, profile, state);
    delays = new Delays(config, calls, topology, profile, state);
    room = new LetterRoom(topology, config);
    state.onLoss(this::cut);
    watch =
        new LinkWatch(
            config, this::topicsInUse, this::seen, this::gone, state::lose, this::lookForDelays);
  }

  void start() {
    try {
      watch.start();
    } catch (RuntimeException | Error e) {
      watch.close(); // Nobody closes a link that was never there.
      throw e;
    }
  }

  /** Nothing of a lost link may go on by itself until the core closes it. */
  private void cut(MessagingException cause) {
    try {
      consumers.stop(); // First: what the producer gives up they would deliver from where it is.
    } finally {
      producer.lose(cause);
    }
  }

  private void lookForDelays() {
    if (profile.shareGroups() && state.isOpen()) {
      delays.look();
    }
  }

  /** The native topics that producers and consumers cannot do without. */
  Set<String> topicsInUse() {
    return Stream.concat(producers.stream().map(TopicProducer::topic), consumers.topics())
        .collect(Collectors.toSet());
  }

  /** One look at the cluster; a link that is started looks by itself. */
  void look() {
    watch.look();
  }

  private void seen(Collection<TopicDescription> topics) {
    Set<String> names = topics.stream().map(TopicDescription::name).collect(Collectors.toSet());
    producer.keep(
        producers.stream().map(TopicProducer::topic).filter(names::contains).distinct().toList());
    topics.forEach(consumers::seen);
  }

  /** A native topic is gone; over a lost link that means nothing, for a new broker knows none. */
  void gone(String topic) {
    if (!state.isOpen()) {
      return;
    }
    DestinationNotFoundException cause =
        new DestinationNotFoundException(
            topology.names().describe(topic) + " does not exist any more: it was deleted");
    failPending(topic);
    consumers.breakUp(topic, cause);
  }

  /**
   * Fails what is pending for a topic that is gone. The native producer would try for as long as a
   * send may take, and might store it in a later topic of that name.
   */
  private void failPending(String topic) {
    long pending =
        producers.stream()
            .filter(open -> open.topic().equals(topic))
            .filter(TopicProducer::topicDeleted)
            .count();
    if (pending > 0) {
      MessagingException aborted =
          new MessagingException(
              ErrorCode.BACKEND_FAILURE,
              "The native producer was given up, to keep messages out of a new topic " + topic);
      producers.stream()
          .filter(open -> !open.topic().equals(topic))
          .forEach(open -> open.breakUp(aborted));
      producer.abort();
    }
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo(KafkaBackend.NAME, profile.version(), KafkaBackend.clientVersion());
  }

  @Override
  public Map<Capability, Support> capabilities() {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    support.put(Capability.PERSISTENCE, Support.NATIVE);
    support.put(Capability.REPLAY, Support.NATIVE);
    if (profile.shareGroups()) {
      support.put(Capability.DELIVERY_COUNT, Support.NATIVE);
      support.put(Capability.DURABLE_SUBSCRIPTIONS, Support.NATIVE);
      support.put(Capability.SHARED_SUBSCRIPTIONS, Support.NATIVE);
      support.put(Capability.QUEUE_DEPTH, Support.NATIVE);
      support.put(Capability.DELIVERY_DELAY, Support.EMULATED);
      support.put(Capability.KEY_ORDERING, Support.EMULATED);
      support.put(Capability.PURGE, Support.EMULATED);
      support.put(Capability.PRIORITY, Support.EMULATED);
      support.put(Capability.TOPIC_PATTERNS, Support.EMULATED);
      support.put(Capability.TEMPORARY_QUEUES, Support.EMULATED);
    }
    if (profile.stateReadable()) {
      support.put(Capability.BROWSE, Support.EMULATED);
    }
    return support;
  }

  @Override
  public Map<Capability, String> advice() {
    Map<Capability, String> advice = new EnumMap<>(Capability.class);
    if (!profile.shareGroups()) {
      for (Capability capability :
          List.of(
              Capability.BROWSE,
              Capability.DELIVERY_COUNT,
              Capability.DURABLE_SUBSCRIPTIONS,
              Capability.REQUEST_REPLY,
              Capability.SHARED_SUBSCRIPTIONS,
              Capability.QUEUE_DEPTH,
              Capability.DELIVERY_DELAY,
              Capability.KEY_ORDERING,
              Capability.PURGE,
              Capability.PRIORITY,
              Capability.TOPIC_PATTERNS,
              Capability.TEMPORARY_QUEUES)) {
        advice.put(capability, "it needs share groups: Kafka 4.2 or newer, with share.version 1");
      }
    } else if (!profile.stateReadable()) {
      advice.put(
          Capability.BROWSE,
          "it needs the right READ on topic %s, before the connection is opened"
              .formatted(ShareState.TOPIC));
    }
    return advice;
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.HAND_OFF;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    state.requireOpen();
    if (destination instanceof Queue) {
      profile.requireShareGroups();
    }
    // Asked first, because the native producer's own look-up may make the topic.
    topology.partitions(destination);
    String topic = topology.names().topic(destination);
    Map<String, String> settings = topology.visibleSettings(topic);
    if (destination instanceof Queue queue) {
      topology.retention().check(queue, settings);
    }
    producer.learn(topic);
    TopicProducer.Setup setup =
        new TopicProducer.Setup(
            destination,
            topic,
            TopicProducer.keepsTimestamps(settings),
            producer,
            delays,
            room,
            state);
    TopicProducer opened = new TopicProducer(setup, topology, listener, producers::remove);
    producers.add(opened);
    return opened;
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink) {
    state.requireOpen();
    if (request.source() instanceof Source.OfQueue of) {
      return topology.of(of.queue(), () -> consumers.open(request, sink));
    }
    return request.source() instanceof Source.OfTopic of
        ? topology.of(of.topic(), () -> consumers.open(request, sink))
        : consumers.open(request, sink);
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    state.requireOpen();
    topology.declare(destination);
  }

  @Override
  public void declareTemporary(Queue queue) {
    state.requireOpen();
    profile.requireShareGroups();
    temporary.declare(queue);
  }

  @Override
  public void delete(Destination destination) {
    state.requireOpen();
    topology.delete(destination);
    if (destination instanceof Queue queue) {
      temporary.forget(queue);
    }
    gone(topology.names().topic(destination));
  }

  @Override
  public boolean exists(Destination destination) {
    state.requireOpen();
    return topology.exists(destination)
        && !(destination instanceof Queue queue && temporary.removeIfLeft(queue));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    state.requireOpen();
    topology.unsubscribe(topic, name);
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    state.requireOpen();
    topology.unsubscribe(pattern, name);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    state.requireOpen();
    profile.requireShareGroups();
    return topology.of(queue, () -> contents.depth(queue));
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    state.requireOpen();
    profile.requireShareGroups();
    return new KafkaBrowser(queue, topology.of(queue, () -> contents.scan(queue)));
  }

  @Override
  public void purge(Queue queue) {
    state.requireOpen();
    profile.requireShareGroups();
    contents.purge(queue);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    if (type.equals(Admin.class)) {
      return Optional.of(type.cast(calls.admin()));
    }
    return type.equals(Producer.class) ? Optional.of(type.cast(producer.get())) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    if (state.close(timeout)) {
      // What closes waits for copies and notes, and an interrupt would end all of those waits.
      Threads.aside("anymq-kafka-close", timeout, () -> closeAll(timeout));
    }
  }

  /** What consumers hold goes back first: nobody else can have it meanwhile. */
  private void closeAll(Duration timeout) {
    Threads.all(
        watch::close,
        consumers::close,
        delays::close,
        room::close,
        kept::close,
        contents::close,
        () -> handOuts.finish(state.timeLeft(timeout)),
        () -> temporary.close(farewell),
        () -> producer.close(state.timeLeft(timeout), state.joinBy(timeout)),
        handOuts::close,
        () -> calls.admin().close(state.timeLeft(timeout)));
  }
}
