package io.anymq.kafka;

import io.anymq.ConnectionLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a link: asks the cluster every second whether it is there, and whether the topics in use
 * are. The native clients tell neither: they retry for ever, and wait for topics that are gone.
 *
 * <p>It has an admin client of its own: a broker answers a connection's questions one after the
 * other, and some take seconds.
 */
final class LinkWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
  private static final long INTERVAL_MILLIS = 1_000;

  /** A topic counts as gone after so many looks: a broker that has just started knows none. */
  private static final int LOOKS = 2;

  private final Admin admin;
  private final int timeoutMillis;
  private final Supplier<Set<String>> topics;
  private final Consumer<Collection<TopicDescription>> onSeen;
  private final Consumer<String> onGone;
  private final Consumer<ConnectionLostException> onLost;
  private final Runnable onLook;
  private final ScheduledExecutorService clock;
  private List<KafkaAddress> brokers = List.of();
  private final Map<String, Integer> missing = new HashMap<>();

  /**
   * A watch that has not begun.
   *
   * @param config the native clients' settings
   * @param topics the topics in use
   * @param onSeen is told how those of them are that are there; returns at once
   * @param onGone is told of those that are gone
   * @param onLost is told when the cluster is
   * @param onLook is called now and then; returns at once
   */
  LinkWatch(
      KafkaConfig config,
      Supplier<Set<String>> topics,
      Consumer<Collection<TopicDescription>> onSeen,
      Consumer<String> onGone,
      Consumer<ConnectionLostException> onLost,
      Runnable onLook) {
    admin = Admin.create(config.admin("watch"));
    this.timeoutMillis = Millis.of(config.linkTimeout());
    this.topics = topics;
    this.onSeen = onSeen;
    this.onGone = onGone;
    this.onLost = onLost;
    this.onLook = onLook;
    clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "anymq-kafka-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    ScheduledFuture<?> unused =
        clock.scheduleWithFixedDelay(
            Threads.guarded("The link", this::look),
            INTERVAL_MILLIS,
            INTERVAL_MILLIS,
            TimeUnit.MILLISECONDS);
    // Not at once: a connection that is soon closed shall not take part in anything.
    unused =
        clock.scheduleWithFixedDelay(
            Threads.guarded("Delayed messages", onLook),
            INTERVAL_MILLIS,
            5 * INTERVAL_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** One look; a watch that is started looks by itself. */
  void look() {
    try {
      brokers = answered();
      lookForTopics();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      if (!clock.isShutdown()) {
        onLost.accept(new ConnectionLostException("Kafka does not answer any more", e));
      }
    }
  }

  /**
   * Waits for an answer for as long as a link may be silent; but not where every broker's machine
   * says that nobody listens there any more.
   */
  private List<KafkaAddress> answered()
      throws InterruptedException, ExecutionException, TimeoutException {
    DescribeClusterOptions bounded = new DescribeClusterOptions().timeoutMs(timeoutMillis);
    KafkaFuture<Collection<Node>> nodes = admin.describeCluster(bounded).nodes();
    long first = Math.min(INTERVAL_MILLIS, timeoutMillis);
    try {
      return addresses(nodes.get(first, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      if (!brokers.isEmpty() && brokers.stream().allMatch(LinkWatch::isRefused)) {
        throw e;
      }
      return addresses(nodes.get(timeoutMillis - first, TimeUnit.MILLISECONDS));
    }
  }

  private static List<KafkaAddress> addresses(Collection<Node> nodes) {
    return nodes.stream().map(node -> new KafkaAddress(node.host(), node.port())).toList();
  }

  private static boolean isRefused(KafkaAddress broker) {
    return broker.isRefused(Duration.ofMillis(INTERVAL_MILLIS));
  }

  private void lookForTopics() throws InterruptedException {
    Set<String> used = Set.copyOf(topics.get());
    missing.keySet().retainAll(used);
    if (used.isEmpty()) {
      return;
    }
    DescribeTopicsOptions bounded = new DescribeTopicsOptions().timeoutMs(timeoutMillis);
    Map<String, Presence> found = new HashMap<>();
    List<TopicDescription> there = new ArrayList<>();
    admin
        .describeTopics(used, bounded)
        .topicNameValues()
        .forEach((topic, answer) -> found.put(topic, presence(answer, there)));
    found.forEach(this::note);
    onSeen.accept(List.copyOf(there));
  }

  private enum Presence {
    THERE,
    MISSING,
    UNKNOWN
  }

  private Presence presence(
      KafkaFuture<TopicDescription> answer, Collection<TopicDescription> there) {
    try {
      there.add(answer.get(timeoutMillis, TimeUnit.MILLISECONDS));
      return Presence.THERE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Presence.MISSING;
      }
      LOG.debug("A topic could not be looked for", e);
    } catch (TimeoutException | KafkaException e) {
      LOG.debug("A topic could not be looked for", e);
    }
    return Presence.UNKNOWN;
  }

  private void note(String topic, Presence presence) {
    if (presence != Presence.MISSING) {
      missing.remove(topic);
    } else if (missing.merge(topic, 1, Integer::sum) >= LOOKS) {
      // It may be made again and deleted once more between two looks: then this is said again.
      missing.remove(topic);
      onGone.accept(topic);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    admin.close(Duration.ZERO);
  }
}
