package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Opens subscriptions to patterns: consumers of all topics that match, which take on those that are
 * made later, from their first message. Safe for use by several threads.
 */
final class PatternConsumers implements AutoCloseable {

  /** How often it is tried anew when a topic vanishes while its end is asked for. */
  private static final int ATTEMPTS = 5;

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final Members members;
  private final UnusedGroups unused;
  private final LinkState state;
  private final Set<OpenConsumer> open;
  private final TopicDirectory directory;

  PatternConsumers(
      KafkaConfig config,
      KafkaTopology topology,
      Members members,
      UnusedGroups unused,
      LinkState state,
      Set<OpenConsumer> open) {
    this.config = config;
    this.topology = topology;
    this.members = members;
    this.unused = unused;
    this.state = state;
    this.open = open;
    directory = new TopicDirectory(config);
  }

  LinkConsumer open(Source.OfPattern of, int prefetch, DeliverySink sink) {
    for (int attempt = 1; ; attempt++) {
      try {
        return openOnce(of, prefetch, sink);
      } catch (DestinationNotFoundException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private LinkConsumer openOnce(Source.OfPattern of, int prefetch, DeliverySink sink) {
    Source.Terms terms = of.terms();
    if (terms.durable()) {
      PatternView view = view(of.pattern());
      String group = topology.names().group(of.pattern(), terms.name().orElseThrow());
      String role = members.requireFree(group, terms, of.pattern().toString());
      initialise(group, terms, view, !topology.groups().isMarked(group));
      Subscription subscription = new Subscription(group, role, view, BegunGroups.none());
      return openGroups(subscription, prefetch, sink, broken -> {});
    }
    return terms.shared()
        ? openShared(of.pattern(), terms, prefetch, sink)
        : openPlain(of.pattern(), terms, prefetch, sink);
  }

  /**
   * A view of its own for each attempt: the watch of one that failed may still look at its view.
   */
  private PatternView view(TopicPattern pattern) {
    PatternView view = new PatternView(pattern, topology);
    boolean unused = view.look(directory.topics());
    return view;
  }

  private LinkConsumer openPlain(
      TopicPattern pattern, Source.Terms terms, int prefetch, DeliverySink sink) {
    PatternView view = view(pattern);
    Map<TopicPartition, Uuid> partitions = view.partitions();
    PatternWatch watch = new PatternWatch(directory, view);
    LiveConsumer consumer =
        new LiveConsumer(
            new LiveConsumer.Setup(config, Subject.of(pattern, topology.names()), prefetch, false),
            partitions,
            topology.logs().at(partitions.keySet(), Consumers.start(terms.replayFrom())),
            sink,
            state,
            closed -> {
              watch.end();
              open.remove(closed);
            });
    open.add(consumer);
    consumer.open();
    watch.begin(() -> consumer.follow(view.partitions()));
    return consumer;
  }

  /** Ends with its last member. */
  private LinkConsumer openShared(
      TopicPattern pattern, Source.Terms terms, int prefetch, DeliverySink sink) {
    String group = topology.names().sharedGroup(pattern, terms.name().orElseThrow());
    UnusedGroups.Use use = unused.use(group);
    Opening opening = new Opening(use, group, pattern, terms, prefetch, new HashSet<>());
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        Optional<LinkConsumer> consumer = tryShared(opening, sink);
        if (consumer.isPresent()) {
          use.opened(() -> setUpAgain(group));
          return consumer.get();
        }
      }
    } catch (RuntimeException e) {
      use.end();
      throw e;
    }
    use.end();
    throw new MessagingTimeoutException(
        "Group %s was removed, or could not be looked at, %d times while a consumer joined it"
            .formatted(group, ATTEMPTS));
  }

  /**
   * A consumer of a shared subscription to be.
   *
   * @param use its use of the group
   * @param group the group that holds the subscription
   * @param pattern the pattern
   * @param terms the subscription's
   * @param prefetch how many deliveries may be unsettled
   * @param placed the partitions in which groups have had places
   */
  private record Opening(
      UnusedGroups.Use use,
      String group,
      TopicPattern pattern,
      Source.Terms terms,
      int prefetch,
      Set<TopicPartition> placed) {}

  /** As long as it was no member, others may have removed one of its groups: then nothing. */
  private Optional<LinkConsumer> tryShared(Opening as, DeliverySink sink) {
    PatternView view = view(as.pattern());
    boolean isNew = !as.use().isContinued() && topology.groups().members(as.group()).isEmpty();
    initialise(as.group(), as.terms(), view, isNew);
    boolean goesOn = !isNew && !as.use().isContinued();
    if (goesOn && topology.groups().members(as.group()).isEmpty()) {
      return Optional.empty(); // the last member may have removed what this one took to be there
    }
    Optional<BegunGroups> begun =
        BegunGroups.of(topology, as.group(), view.topics(), config.operationTimeout(), as.placed());
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    Subscription of = new Subscription(as.group(), Members.MEMBER, view, begun.get());
    HeldBack held = new HeldBack(sink);
    PatternGroups consumer =
        openGroups(
            of, as.prefetch(), held, broken -> SharedSubscriptions.end(as.use(), held, broken));
    return held.openIf(() -> of.begun().areThere(members), consumer)
        ? Optional.of(consumer)
        : Optional.empty();
  }

  private void setUpAgain(String group) {
    topology.groups().beginningWith(group + ":").forEach(topology.groups()::markAgain);
    int unused = topology.groups().markAgain(group);
  }

  /**
   * A durable or shared subscription to a pattern.
   *
   * @param group the share group that holds it
   * @param role of the member that holds it
   * @param view the topics that match
   * @param begun the groups of topics that others may remove until members have joined them
   */
  private record Subscription(String group, String role, PatternView view, BegunGroups begun) {}

  private PatternGroups openGroups(
      Subscription of, int prefetch, DeliverySink sink, Consumer<Boolean> onClosed) {
    PatternWatch watch = new PatternWatch(directory, of.view());
    PatternGroups groups =
        new PatternGroups(
            prefetch,
            sink,
            state,
            closed -> {
              watch.end();
              open.remove(closed);
              onClosed.accept(closed.isBroken());
            });
    open.add(groups);
    try {
      groups.hold(holder(of, groups));
      Runnable follow =
          () -> groups.follow(of.view().topics(), topic -> openTopic(of, topic, prefetch, groups));
      follow.run();
      watch.begin(follow);
      return groups;
    } catch (RuntimeException e) {
      groups.close();
      throw e;
    }
  }

  /**
   * A new subscription begins with the topics that there are where it is said; one that is there
   * begins with topics that are new to it at their beginning. That it is there is told by a mark,
   * which comes last: it may have no topic to begin with.
   */
  private void initialise(String group, Source.Terms terms, PatternView view, boolean isNew) {
    ShareGroups groups = topology.groups();
    OffsetSpec start = Consumers.start(terms.replayFrom());
    if (isNew) { // first: who is refused must not leave groups
      view.topics().forEach(topic -> topology.retention().check(portable(topic)));
    }
    for (TopicDescription topic : view.topics()) {
      String one = KafkaNames.groupOfTopic(group, topic.name());
      if (isNew && !terms.durable()) {
        groups.begin(one, KafkaTopology.partitions(topic), start);
      } else {
        groups.ensure(one, KafkaTopology.partitions(topic), isNew ? start : OffsetSpec.earliest());
      }
    }
    groups.mark(group);
  }

  private GroupConsumer holder(Subscription of, PatternGroups groups) {
    List<TopicPartition> anchor = topology.ensureTopic(KafkaNames.ANCHOR);
    int limit = topology.groups().ensure(of.group(), anchor, OffsetSpec.latest());
    Members.Member member =
        new Members.Member(
            Topic.of(KafkaNames.ANCHOR), KafkaNames.ANCHOR, of.group(), limit, 1, of.role());
    GroupConsumer holder = members.create(member, groups.sinkOfOne(), closed -> {});
    members.start(of.group(), holder);
    members.awaitJoinedOrClose(of.group(), holder);
    return holder;
  }

  private GroupConsumer openTopic(
      Subscription of, TopicDescription topic, int prefetch, PatternGroups groups) {
    Topic destination = portable(topic);
    topology.retention().check(destination);
    String one = KafkaNames.groupOfTopic(of.group(), topic.name());
    OptionalInt restored = of.begun().restore(one, topic);
    int limit =
        restored.isPresent()
            ? restored.getAsInt()
            : topology.groups().ensure(one, KafkaTopology.partitions(topic), OffsetSpec.earliest());
    Members.Member member =
        new Members.Member(destination, topic.name(), one, limit, prefetch, Members.MEMBER);
    members.requireSafe(member);
    GroupConsumer consumer = members.create(member, groups.sinkOfOne(), closed -> {});
    members.start(one, consumer);
    of.begun().joins(one, consumer);
    return consumer;
  }

  private Topic portable(TopicDescription topic) {
    return topology.names().portable(topic.name()).orElseThrow();
  }

  @Override
  public void close() {
    directory.close();
  }
}
