package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the consumers of a link, and knows them. Queues, durable and shared subscriptions are share
 * groups; a plain subscription reads by itself. Safe for use by several threads.
 */
final class Consumers {

  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final LinkState state;
  private final Set<OpenConsumer> open = ConcurrentHashMap.newKeySet();
  private final Turns turns;
  private final BrokerProfile profile;
  private final Members members;
  private final UnusedGroups unused;
  private final SharedSubscriptions shared;
  private final PatternConsumers patterns;

  Consumers(
      KafkaConfig config,
      KafkaTopology topology,
      Turns turns,
      SharedProducer producer,
      LinkState state,
      BrokerProfile profile,
      UnusedGroups unused,
      KeptReturn kept,
      HandOuts handOuts) {
    this.config = config;
    this.topology = topology;
    this.state = state;
    this.turns = turns;
    this.profile = profile;
    this.unused = unused;
    members = new Members(config, topology.groups(), turns, producer, state, open, kept, handOuts);
    shared =
        new SharedSubscriptions(
            topology, turns, members, unused, config.operationTimeout(), this::takeTurns);
    patterns = new PatternConsumers(config, topology, members, unused, state, open);
  }

  /** The native topics that consumers cannot do without. */
  Stream<String> topics() {
    return open.stream().flatMap(each -> each.topics().stream());
  }

  /** How a native topic is now. */
  void seen(TopicDescription topic) {
    open.stream()
        .filter(each -> each.topics().contains(topic.name()))
        .forEach(each -> each.seen(topic));
  }

  /** A native topic is gone. */
  void breakUp(String topic, MessagingException cause) {
    open.stream()
        .filter(each -> each.topics().contains(topic))
        .forEach(each -> each.breakUp(cause));
  }

  /** All consumers stop delivering, and begin to close. Returns at once. */
  void stop() {
    open.forEach(OpenConsumer::stop);
  }

  /** Closes all of them: they end side by side, and are waited for one after the other. */
  void close() {
    Threads.all(this::stop, this::closeOpen, patterns::close, unused::close, members::close);
  }

  private void closeOpen() {
    for (OpenConsumer each : List.copyOf(open)) {
      try {
        each.close();
      } catch (RuntimeException | Error e) {
        LOG.warn(
            "Could not close a consumer of {}; the others close all the same", each.topics(), e);
      }
    }
  }

  LinkConsumer open(ConsumerRequest request, DeliverySink sink) {
    Source source = request.source();
    if (source instanceof Source.OfQueue of) {
      return openQueue(of.queue(), request, sink);
    }
    if (source instanceof Source.OfPattern of) {
      if (request.keyOrdered() && of.terms().shared()) {
        throw new UnsupportedCapabilityException(
            "On Kafka a shared subscription to a pattern does not keep the order of keys; subscribe"
                + " to each topic by itself");
      }
      return patterns.open(of, request.prefetch(), sink);
    }
    Source.OfTopic of = (Source.OfTopic) source;
    if (of.terms().durable()) {
      return openDurable(of.topic(), of.terms(), request, sink);
    }
    return of.terms().shared()
        ? shared.open(of.topic(), of.terms(), request, sink)
        : openPlain(of.topic(), of.terms(), request.prefetch(), sink);
  }

  private LinkConsumer openQueue(Queue queue, ConsumerRequest request, DeliverySink sink) {
    int limit = topology.ensureGroup(queue);
    topology.retention().check(queue);
    String group = topology.names().group(queue);
    if (request.keyOrdered()) {
      Members.Member member = member(queue, group, limit, request.prefetch(), Members.TURN);
      return takeTurns(member, sink);
    }
    turns.requireNone(group);
    Members.Member member = member(queue, group, limit, request.prefetch(), Members.MEMBER);
    return members.open(member, sink, closed -> {});
  }

  private LinkConsumer openDurable(
      Topic topic, Source.Terms terms, ConsumerRequest request, DeliverySink sink) {
    String group = topology.names().group(topic, terms.name().orElseThrow());
    String role = members.requireFree(group, terms, topic.describe());
    boolean inTurn = request.keyOrdered() && terms.shared();
    if (!inTurn) {
      turns.requireNone(group);
    }
    topology.retention().check(topic);
    int limit = topology.ensureGroup(topic, group, start(terms.replayFrom()));
    if (inTurn) {
      Members.Member member = member(topic, group, limit, request.prefetch(), Members.TURN);
      return takeTurns(member, sink);
    }
    return members.join(member(topic, group, limit, request.prefetch(), role), sink, closed -> {});
  }

  private LinkConsumer takeTurns(Members.Member member, DeliverySink sink) {
    return takeTurns(member, sink, () -> {}, closed -> {});
  }

  private LinkConsumer takeTurns(
      Members.Member member,
      DeliverySink sink,
      Runnable beforeTurn,
      Consumer<OpenConsumer> onClosed) {
    members.requireSafe(member);
    OldLocks.View view =
        new OldLocks.View(
            config,
            topology.groups(),
            QueueScan.Subject.of(member.group(), topology.require(member.destination())),
            profile.stateReadable(),
            state);
    GroupSettings settings = topology.groups().settings();
    Duration lock = settings.shortenLocks(member.group());
    TurnSetup setup = new TurnSetup(config, member, profile.session(), lock, view, beforeTurn);
    Turn turn =
        new Turn(setup, members, turns, sink, state, onClosed.andThen(open::remove)::accept);
    open.add(turn);
    turn.open();
    return turn;
  }

  private Members.Member member(
      Destination destination, String group, int limit, int prefetch, String role) {
    String topic = topology.names().topic(destination);
    return new Members.Member(destination, topic, group, limit, prefetch, role);
  }

  static OffsetSpec start(Optional<Instant> replayFrom) {
    return replayFrom
        .map(moment -> OffsetSpec.forTimestamp(moment.toEpochMilli()))
        .orElseGet(OffsetSpec::latest);
  }

  private LinkConsumer openPlain(Topic topic, Source.Terms terms, int prefetch, DeliverySink sink) {
    TopicDescription found = topology.require(topic);
    Map<TopicPartition, Uuid> partitions = PatternView.partitions(List.of(found));
    Map<TopicPartition, Long> begin = begin(topic, partitions, terms);
    LiveConsumer consumer =
        new LiveConsumer(
            new LiveConsumer.Setup(
                config, Subject.of(topic, topology.names().topic(topic)), prefetch, true),
            partitions,
            begin,
            sink,
            state,
            open::remove);
    consumer.seen(found); // It compares with that.
    open.add(consumer);
    consumer.open();
    return consumer;
  }

  private Map<TopicPartition, Long> begin(
      Topic topic, Map<TopicPartition, Uuid> topics, Source.Terms terms) {
    Set<TopicPartition> partitions = topics.keySet();
    if (terms.replayAfter().isPresent()) {
      LogPosition position = LogPosition.parse(terms.replayAfter().get());
      if (partitions.size() > 1) {
        throw new InvalidOptionException(
            "%s has %d partitions and no one order, and so no position: replay it from a moment"
                .formatted(topic, partitions.size()));
      }
      if (!topics.containsValue(position.topic())) {
        throw new InvalidOptionException(
            "'%s' is a position in another topic than %s is now"
                .formatted(position.text(), topic.describe()));
      }
      return topology.logs().behind(position, partitions);
    }
    return terms.replayFrom().isPresent()
        ? topology.logs().at(partitions, start(terms.replayFrom()))
        : topology.logs().of(partitions, OffsetSpec.latest());
  }
}
