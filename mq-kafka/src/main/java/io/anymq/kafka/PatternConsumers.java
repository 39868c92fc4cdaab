package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    PatternView view = new PatternView(of.pattern(), topology);
    view.look(directory.topics());
    Source.Terms terms = of.terms();
    if (terms.durable()) {
      String group = topology.names().group(of.pattern(), terms.name().orElseThrow());
      String role = members.requireFree(group, terms, of.pattern().toString());
      initialise(group, terms, view, !topology.groups().isMarked(group));
      Subscription subscription = new Subscription(group, role, view, List.of());
      return openGroups(subscription, prefetch, sink, broken -> {});
    }
    return terms.shared()
        ? openShared(of.pattern(), terms, prefetch, view, sink)
        : openPlain(of.pattern(), terms, prefetch, view, sink);
  }

  private LinkConsumer openPlain(
      TopicPattern pattern, Source.Terms terms, int prefetch, PatternView view, DeliverySink sink) {
    Map<TopicPartition, Uuid> partitions = view.partitions();
    Watch watch = new Watch(view);
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
      TopicPattern pattern, Source.Terms terms, int prefetch, PatternView view, DeliverySink sink) {
    String group = topology.names().sharedGroup(pattern, terms.name().orElseThrow());
    UnusedGroups.Use use = unused.use(group);
    try {
      boolean isNew = !use.isContinued() && topology.groups().members(group).isEmpty();
      List<BegunGroup> begun = initialise(group, terms, view, isNew);
      Subscription subscription = new Subscription(group, Members.MEMBER, view, begun);
      LinkConsumer consumer =
          openGroups(subscription, prefetch, sink, broken -> SharedSubscriptions.end(use, broken));
      use.opened();
      return consumer;
    } catch (RuntimeException e) {
      use.end();
      throw e;
    }
  }

  /**
   * A durable or shared subscription to a pattern.
   *
   * @param group the share group that holds it
   * @param role of the member that holds it
   * @param view the topics that match
   * @param begun what others may remove until that member has joined
   */
  private record Subscription(
      String group, String role, PatternView view, List<BegunGroup> begun) {}

  private LinkConsumer openGroups(
      Subscription of, int prefetch, DeliverySink sink, Consumer<Boolean> onClosed) {
    Watch watch = new Watch(of.view());
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
      of.begun().forEach(BegunGroup::restore);
      Runnable follow =
          () ->
              groups.follow(
                  of.view().topics(), topic -> openTopic(of.group(), topic, prefetch, groups));
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
   *
   * @return the groups of those topics
   */
  private List<BegunGroup> initialise(
      String group, Source.Terms terms, PatternView view, boolean isNew) {
    ShareGroups groups = topology.groups();
    List<BegunGroup> begun = new ArrayList<>();
    OffsetSpec start = Consumers.start(terms.replayFrom());
    for (TopicDescription topic : view.topics()) {
      String one = KafkaNames.groupOfTopic(group, topic.name());
      if (isNew && !terms.durable()) {
        groups.begin(one, KafkaTopology.partitions(topic), start);
      } else {
        groups.ensure(one, KafkaTopology.partitions(topic), isNew ? start : OffsetSpec.earliest());
      }
      if (!terms.durable()) {
        begun.add(BegunGroup.of(groups, one));
      }
    }
    groups.mark(group);
    return begun;
  }

  private GroupConsumer holder(Subscription of, PatternGroups groups) {
    List<TopicPartition> anchor = topology.ensureTopic(KafkaNames.ANCHOR);
    int limit = topology.groups().ensure(of.group(), anchor, OffsetSpec.latest());
    Members.Member member =
        new Members.Member(
            Topic.of(KafkaNames.ANCHOR), KafkaNames.ANCHOR, of.group(), limit, 1, of.role());
    GroupConsumer holder = members.create(member, groups.sinkOfOne(), closed -> {});
    holder.open();
    members.awaitJoinedOrClose(of.group(), holder);
    return holder;
  }

  private GroupConsumer openTopic(
      String group, TopicDescription topic, int prefetch, PatternGroups groups) {
    String one = KafkaNames.groupOfTopic(group, topic.name());
    int limit =
        topology.groups().ensure(one, KafkaTopology.partitions(topic), OffsetSpec.earliest());
    Topic destination = topology.names().portable(topic.name()).orElseThrow();
    Members.Member member =
        new Members.Member(destination, topic.name(), one, limit, prefetch, Members.MEMBER);
    members.requireSafe(member);
    GroupConsumer consumer = members.create(member, groups.sinkOfOne(), closed -> {});
    consumer.open();
    return consumer;
  }

  @Override
  public void close() {
    directory.close();
  }

  /** Keeps one consumer's view up to date, from when it is open until it is closed. */
  private final class Watch implements Consumer<Map<String, Uuid>> {

    private final PatternView view;
    private volatile Runnable onChange = () -> {};

    /** Whether the consumer has yet to take a change on; an attempt that fails is made again. */
    private boolean behind;

    /** A topic that this user may not read is refused again and again. */
    private final GrowingPause pause = new GrowingPause(System::nanoTime);

    private boolean ended;

    Watch(PatternView view) {
      this.view = view;
    }

    synchronized void begin(Runnable changed) {
      onChange = changed;
      if (!ended) {
        directory.add(this);
      }
    }

    /** The consumer may break before it is open. */
    synchronized void end() {
      ended = true;
      directory.remove(this);
    }

    @Override
    public void accept(Map<String, Uuid> topics) {
      boolean changed = view.look(topics);
      behind |= changed;
      if (behind && (changed || pause.isOver())) {
        pause.grow();
        onChange.run();
        behind = false;
        pause.reset();
      }
    }
  }
}
