package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.DestinationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable subscriptions whose topic is deleted. The broker keeps them, tied to the deleted topic:
 * when one of that name is created, they get nothing from it until the broker is restarted. An
 * empty queue marks each durable subscription, so that those without a consumer are found and
 * removed.
 *
 * <p>This library's own {@code delete} takes the marks away before it deletes the topic, and then
 * removes the subscriptions. So a deletion that leaves marks was made by another program: each
 * connection that hears of it removes what is marked, and says so.
 */
final class ActiveMqMarks {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqMarks.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  private final OpenWire wire;
  private final ActiveMqDestinations names;
  private final ActiveMqStatistics statistics;
  private final ActiveMqSubscriptions subscriptions;
  private final Duration timeout;
  private final Consumer<String> warnings;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), this::thread);

  /** The deletions of others that are being looked after. */
  private final Set<Heard> underway = ConcurrentHashMap.newKeySet();

  ActiveMqMarks(
      OpenWire wire,
      ActiveMqDestinations names,
      ActiveMqStatistics statistics,
      ActiveMqSubscriptions subscriptions,
      Duration timeout,
      Consumer<String> warnings) {
    this.wire = wire;
    this.names = names;
    this.statistics = statistics;
    this.subscriptions = subscriptions;
    this.timeout = timeout;
    this.warnings = warnings;
    thread.allowCoreThreadTimeOut(true);
  }

  private Thread thread(Runnable task) {
    Thread made = new Thread(task, "anymq-activemq-marks");
    made.setDaemon(true);
    return made;
  }

  /** A topic that another program may have deleted, and the marks that were removed since. */
  private static final class Heard {
    private final ActiveMQDestination topic;
    private final Set<ActiveMQDestination> removedSince = ConcurrentHashMap.newKeySet();

    Heard(ActiveMQDestination topic) {
      this.topic = topic;
    }
  }

  /** Marks a durable subscription. */
  void set(ActiveMqShare share) {
    wire.request("No durable subscription to " + NativeText.of(share.origin()), mark(share));
  }

  private DestinationInfo mark(ActiveMqShare share) {
    return new DestinationInfo(
        wire.connectionId(), DestinationInfo.ADD_OPERATION_TYPE, share.mark());
  }

  /** The marked subscriptions to a topic, and those that are shared. */
  private Set<ActiveMqShare> to(ActiveMQDestination topic, String... words) {
    Set<ActiveMqShare> found = new LinkedHashSet<>();
    for (String word : words) {
      statistics
          .queuesUnder(word)
          .keySet()
          .forEach(queue -> ActiveMqShare.ofTopic(topic, queue).ifPresent(found::add));
    }
    return found;
  }

  /**
   * Deletes a topic and its durable subscriptions; one with a consumer is removed by that.
   *
   * @param topic the topic
   * @param deletion deletes the topic itself
   */
  void deleteTopic(ActiveMQDestination topic, Runnable deletion) {
    Set<ActiveMqShare> marked = to(topic, ActiveMqShare.MARKS);
    marked.forEach(share -> ActiveMqSubscriptions.unmark(wire, share));
    try {
      deletion.run();
    } catch (MessagingException e) {
      marked.forEach(
          share -> wire.sendIfLive("A subscription could not be marked again", mark(share)));
      throw e;
    }
    marked.addAll(to(topic, ActiveMqShare.MARKS, ActiveMqShare.QUEUES));
    marked.forEach(this::removeUnused);
  }

  private void removeUnused(ActiveMqShare share) {
    withItsConnection(
        share,
        own -> {
          boolean unused = ActiveMqSubscriptions.remove(own, share);
          ActiveMqSubscriptions.unmark(own, share);
        });
  }

  /** While the connection has the subscription's identity, nobody else can use or remove it. */
  private void withItsConnection(ActiveMqShare share, Consumer<OpenWire> action) {
    try {
      OpenWire own = subscriptions.connect(share, lost -> {});
      try {
        action.accept(own);
      } finally {
        own.close(timeout);
      }
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
        throw e;
      }
      LOG.debug("{} has a consumer, which hears of the deletion", share.key(), e);
    }
  }

  /** A destination was deleted. Called by the reading thread, in the order of the deletions. */
  void heard(ActiveMQDestination deleted) {
    if (deleted.isTopic() && !deleted.isTemporary()) {
      Heard news = new Heard(deleted);
      underway.add(news);
      try {
        thread.execute(() -> lookAfter(news));
      } catch (RejectedExecutionException e) {
        LOG.debug("The link is closed", e);
      }
    } else if (deleted.getPhysicalName().startsWith(ActiveMqShare.MARKS)) {
      underway.forEach(news -> news.removedSince.add(deleted));
    }
  }

  private void lookAfter(Heard news) {
    try {
      statistics
          .queuesUnder(ActiveMqShare.MARKS)
          .forEach((mark, counts) -> see(mark, counts, news));
    } catch (MessagingException e) {
      LOG.debug("What consumed {} could not be looked after", news.topic, e);
    } finally {
      underway.remove(news);
    }
  }

  /** One whose consumer is there hears of the deletion, and takes its mark along when it ends. */
  private void see(ActiveMQDestination mark, ActiveMqStatistics.Counts counts, Heard news) {
    if (counts.consumers() == 0) {
      ActiveMqShare.ofTopic(news.topic, mark).ifPresent(share -> removeOrphan(share, news));
    }
    ActiveMqShare.ofPattern(mark).ifPresent(share -> warn(share, news));
  }

  /**
   * The answer about the mark comes after the news of everything before it: so a subscription that
   * was removed and opened again since the deletion is left alone.
   */
  private void removeOrphan(ActiveMqShare share, Heard news) {
    withItsConnection(
        share,
        own -> {
          boolean marked = statistics.of(share.mark()).isPresent();
          if (!marked || news.removedSince.contains(share.mark())) {
            return;
          }
          boolean removed = ActiveMqSubscriptions.remove(own, share);
          ActiveMqSubscriptions.unmark(own, share);
          if (removed) {
            warnings.accept(
                "Another program deleted %s. Its durable subscription '%s' was removed with it: ActiveMQ would have given it nothing from a new topic of that name. It exists again when it is subscribed to again"
                    .formatted(names.describe(news.topic), share.name()));
          }
        });
  }

  private void warn(ActiveMqShare share, Heard news) {
    String pattern = share.key().substring(ActiveMqShare.PATTERN.length());
    TopicPattern meant = TopicPattern.of(pattern.substring(0, pattern.lastIndexOf(':')));
    boolean affected =
        names
            .toPortable(news.topic)
            .filter(portable -> portable instanceof Topic topic && meant.matches(topic))
            .isPresent();
    if (affected) {
      warnings.accept(
          "%s was deleted. If the durable subscription '%s' of pattern '%s' has no consumer when a topic of that name is created again, ActiveMQ gives it nothing from that topic, until the broker is restarted or the subscription is removed and opened again"
              .formatted(names.describe(news.topic), share.name(), meant.expression()));
    }
  }

  /** Ends; what is being looked after is left to other connections. */
  void close() {
    thread.shutdownNow();
  }
}
