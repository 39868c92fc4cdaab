package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.TopicPattern;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
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
  private final LinkState state;
  private final Set<OpenConsumer> open;
  private final TopicDirectory directory;

  PatternConsumers(
      KafkaConfig config,
      KafkaTopology topology,
      Members members,
      LinkState state,
      Set<OpenConsumer> open) {
    this.config = config;
    this.topology = topology;
    this.members = members;
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
    return terms.durable() || terms.shared()
        ? openGroup(of.pattern(), terms, prefetch, view, sink)
        : openPlain(of.pattern(), terms, prefetch, view, sink);
  }

  private LinkConsumer openPlain(
      TopicPattern pattern, Source.Terms terms, int prefetch, PatternView view, DeliverySink sink) {
    Map<TopicPartition, Uuid> partitions = view.partitions();
    Watch watch = new Watch(view);
    LiveConsumer consumer =
        new LiveConsumer(
            new LiveConsumer.Setup(config, Subject.of(pattern, topology.names()), prefetch),
            partitions,
            topology.groups().positions(partitions.keySet(), Consumers.start(terms.replayFrom())),
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

  private LinkConsumer openGroup(
      TopicPattern pattern, Source.Terms terms, int prefetch, PatternView view, DeliverySink sink) {
    Subject subject = Subject.of(pattern, topology.names());
    Set<TopicPartition> partitions = new HashSet<>(topology.ensureTopic(KafkaNames.ANCHOR));
    partitions.addAll(view.partitions().keySet());
    OffsetSpec start = Consumers.start(terms.replayFrom());
    String name = terms.name().orElseThrow();
    Watch watch = new Watch(view);
    GroupConsumer consumer;
    if (terms.durable()) {
      String group = topology.names().group(pattern, name);
      String role = members.requireFree(group, terms, subject);
      int limit = topology.followGroup(group, partitions, start);
      Members.Member member =
          new Members.Member(subject, topics(view), group, limit, prefetch, role);
      consumer = members.join(member, sink, closed -> watch.end());
    } else {
      String group = topology.names().sharedGroup(pattern, name);
      int limit = topology.beginFollowing(group, partitions, start);
      Members.Member member =
          new Members.Member(subject, topics(view), group, limit, prefetch, Members.MEMBER);
      Consumer<GroupConsumer> onClosed = closed -> watch.end();
      consumer =
          members.join(member, sink, onClosed.andThen(closed -> members.removeIfUnused(group)));
    }
    watch.begin(() -> consumer.follow(topics(view)));
    return consumer;
  }

  private static Set<String> topics(PatternView view) {
    Set<String> topics = new HashSet<>(view.names());
    topics.add(KafkaNames.ANCHOR);
    return topics;
  }

  @Override
  public void close() {
    directory.close();
  }

  /** Keeps one consumer's view up to date, from when it is open until it is closed. */
  private final class Watch implements Consumer<Map<String, Uuid>> {

    private final PatternView view;
    private volatile Runnable onChange = () -> {};

    Watch(PatternView view) {
      this.view = view;
    }

    void begin(Runnable changed) {
      onChange = changed;
      directory.add(this);
    }

    void end() {
      directory.remove(this);
    }

    @Override
    public void accept(Map<String, Uuid> topics) {
      if (view.look(topics)) {
        onChange.run();
      }
    }
  }
}
