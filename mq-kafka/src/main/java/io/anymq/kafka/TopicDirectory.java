package io.anymq.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks several times a second which topics there are, for those who subscribe to patterns; the
 * brokers tell nobody. Safe for use by several threads; watchers are called by one thread.
 *
 * <p>It has an admin client of its own, as {@link LinkWatch} has: others' questions may take
 * seconds. The client and the thread are made for the first pattern.
 */
final class TopicDirectory implements AutoCloseable {

  /** How often it looks, which is the most that a topic made later waits to be heard. */
  static final long INTERVAL_MILLIS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(TopicDirectory.class);

  private final KafkaConfig config;
  private final Set<Consumer<Map<String, Uuid>>> watchers = ConcurrentHashMap.newKeySet();
  private @Nullable KafkaCalls calls;
  private @Nullable ScheduledExecutorService clock;
  private boolean closed;

  TopicDirectory(KafkaConfig config) {
    this.config = config;
  }

  /** The topics that there are now, with their ids. */
  Map<String, Uuid> topics() {
    Map<String, Uuid> topics = new HashMap<>();
    KafkaCalls open = calls();
    for (TopicListing each :
        open.await(open.admin().listTopics().listings(), "for its topics", "DESCRIBE on topics")) {
      topics.put(each.name(), each.topicId());
    }
    return topics;
  }

  private synchronized KafkaCalls calls() {
    KafkaCalls open = calls;
    if (open == null) {
      open = new KafkaCalls(Admin.create(config.admin("topics")), config.operationTimeout());
      calls = open;
      if (closed) {
        close();
      }
    }
    return open;
  }

  /** From now on a watcher is told, again and again, which topics there are. */
  synchronized void add(Consumer<Map<String, Uuid>> watcher) {
    if (clock == null && !closed) {
      ScheduledExecutorService made =
          Executors.newSingleThreadScheduledExecutor(
              task -> Threads.daemon("anymq-kafka-topics", task));
      ScheduledFuture<?> unused =
          made.scheduleWithFixedDelay(
              Threads.guarded("The topics", this::look),
              INTERVAL_MILLIS,
              INTERVAL_MILLIS,
              TimeUnit.MILLISECONDS);
      clock = made;
    }
    watchers.add(watcher);
  }

  void remove(Consumer<Map<String, Uuid>> watcher) {
    watchers.remove(watcher);
  }

  private void look() {
    if (watchers.isEmpty()) {
      return;
    }
    try {
      Map<String, Uuid> topics = topics();
      watchers.forEach(watcher -> tell(watcher, topics));
    } catch (RuntimeException e) {
      // Whether the link is lost is for LinkWatch to find out.
      LOG.debug("The topics cannot be looked at now", e);
    }
  }

  /** What one watcher fails with does not keep the others from being told. */
  static void tell(Consumer<Map<String, Uuid>> watcher, Map<String, Uuid> topics) {
    try {
      watcher.accept(topics);
    } catch (RuntimeException e) {
      LOG.debug("Topics that have changed cannot be described now; soon again", e);
    } catch (Error e) {
      LOG.warn("Topics that have changed cannot be followed now; soon again", e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (clock != null) {
      clock.shutdownNow();
    }
    if (calls != null) {
      try {
        calls.admin().close(Duration.ZERO);
      } catch (KafkaException e) {
        LOG.debug("The topics are not looked at any more", e);
      }
    }
  }
}
