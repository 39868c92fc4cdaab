package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the consumers of a link, and knows them. Queues, durable and shared subscriptions are share
 * groups; a plain subscription reads by itself. Safe for use by several threads.
 */
final class Consumers {

  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

  /** The role of a member that must be the only one; it shows in its client id. */
  private static final String ALONE = "alone";

  private static final String MEMBER = "share";
  private static final Pattern IS_ALONE =
      Pattern.compile(".*-" + ALONE + ClientIds.SUFFIX, Pattern.DOTALL);

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final QueueContents contents;
  private final SharedProducer producer;
  private final LinkState state;
  private final Set<OpenConsumer> open = ConcurrentHashMap.newKeySet();

  Consumers(
      KafkaConfig config,
      KafkaTopology topology,
      QueueContents contents,
      SharedProducer producer,
      LinkState state) {
    this.config = config;
    this.topology = topology;
    this.contents = contents;
    this.producer = producer;
    this.state = state;
  }

  /** The native topics that are consumed. */
  Stream<String> topics() {
    return open.stream().map(OpenConsumer::topic);
  }

  /** A native topic is gone. */
  void breakUp(String topic, MessagingException cause) {
    open.stream().filter(each -> each.topic().equals(topic)).forEach(each -> each.breakUp(cause));
  }

  void close() {
    open.forEach(OpenConsumer::close);
  }

  LinkConsumer open(ConsumerRequest request, DeliverySink sink) {
    Source source = request.source();
    if (source instanceof Source.OfQueue of) {
      return openQueue(of.queue(), request.prefetch(), sink);
    }
    if (!(source instanceof Source.OfTopic of)) {
      throw new UnsupportedCapabilityException("Kafka has no subscriptions by pattern here");
    }
    if (of.terms().durable()) {
      return openDurable(of.topic(), of.terms(), request.prefetch(), sink);
    }
    return of.terms().shared()
        ? openShared(of.topic(), of.terms(), request.prefetch(), sink)
        : openPlain(of.topic(), of.terms().replayFrom(), request.prefetch(), sink);
  }

  private LinkConsumer openQueue(Queue queue, int prefetch, DeliverySink sink) {
    int limit = topology.ensureGroup(queue);
    Member member = new Member(queue, topology.names().group(queue), limit, prefetch, MEMBER);
    return open(member, sink, open::remove);
  }

  /**
   * A consumer that must be alone is refused where there is any other; one that shares, where there
   * is one that must be alone.
   */
  private LinkConsumer openDurable(
      Topic topic, Source.Terms terms, int prefetch, DeliverySink sink) {
    String name = terms.name().orElseThrow();
    String group = topology.names().group(topic, name);
    boolean taken =
        topology.groups().members(group).stream()
            .anyMatch(other -> !terms.shared() || IS_ALONE.matcher(other).matches());
    if (taken) {
      throw KafkaTopology.inUse(topic, name);
    }
    int limit = topology.ensureGroup(topic, group, start(terms.replayFrom()));
    String role = terms.shared() ? MEMBER : ALONE;
    return join(new Member(topic, group, limit, prefetch, role), sink, open::remove);
  }

  /** Ends with its last member; what members that crashed have left begins anew. */
  private LinkConsumer openShared(
      Topic topic, Source.Terms terms, int prefetch, DeliverySink sink) {
    String group = topology.names().sharedGroup(topic, terms.name().orElseThrow());
    int limit = topology.beginGroup(topic, group, start(terms.replayFrom()));
    return join(
        new Member(topic, group, limit, prefetch, MEMBER),
        sink,
        closed -> {
          open.remove(closed);
          if (!state.isLost()) {
            removeIfUnused(group);
          }
        });
  }

  private void removeIfUnused(String group) {
    try {
      if (topology.groups().members(group).isEmpty()) {
        topology.groups().deleteIfEmpty(group);
      }
    } catch (MessagingException e) {
      LOG.warn("Group {} of a shared subscription could not be removed", group, e);
    }
  }

  private static OffsetSpec start(Optional<Instant> replayFrom) {
    return replayFrom
        .map(moment -> OffsetSpec.forTimestamp(moment.toEpochMilli()))
        .orElseGet(OffsetSpec::latest);
  }

  /**
   * A member of a share group to be.
   *
   * @param destination the queue or topic
   * @param group the share group
   * @param limit after how many deliveries the broker archives a record
   * @param prefetch how many deliveries may be unsettled
   * @param role a part of its client id
   */
  private record Member(
      Destination destination, String group, int limit, int prefetch, String role) {}

  private GroupConsumer open(
      Member member, DeliverySink sink, java.util.function.Consumer<GroupConsumer> onClosed) {
    GroupConsumer.Setup setup =
        new GroupConsumer.Setup(
            config,
            member.destination(),
            topology.names().topic(member.destination()),
            member.group(),
            new DeliveryLimit(member.limit(), member.group(), producer),
            member.prefetch(),
            member.role());
    GroupConsumer consumer = new GroupConsumer(setup, sink, state, onClosed);
    open.add(consumer);
    consumer.open();
    return consumer;
  }

  /** Opens, and waits until the next one who asks sees that the subscription is held. */
  private LinkConsumer join(
      Member member, DeliverySink sink, java.util.function.Consumer<GroupConsumer> onClosed) {
    GroupConsumer consumer = open(member, sink, onClosed);
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    while (System.nanoTime() - deadline < 0 && state.isOpen()) {
      List<String> members = topology.groups().members(member.group());
      if (consumer.clientIds().stream().anyMatch(members::contains)) {
        break;
      }
      Pauses.brief("joining group " + member.group());
    }
    return consumer;
  }

  private LinkConsumer openPlain(
      Topic topic, Optional<Instant> replayFrom, int prefetch, DeliverySink sink) {
    List<TopicPartition> partitions = topology.partitions(topic);
    Map<TopicPartition, Long> begin =
        replayFrom
            .map(moment -> topology.groups().positions(partitions, start(replayFrom)))
            .orElseGet(() -> contents.endsOf(partitions));
    LiveConsumer consumer =
        new LiveConsumer(
            new LiveConsumer.Setup(config, topic, topology.names().topic(topic), prefetch),
            begin,
            sink,
            state,
            open::remove);
    open.add(consumer);
    consumer.open();
    return consumer;
  }
}
