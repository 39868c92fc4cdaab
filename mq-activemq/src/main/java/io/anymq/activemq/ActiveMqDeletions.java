package io.anymq.activemq;

import io.anymq.MessagingException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of destinations that are deleted. The broker itself fails nothing then: a send makes the
 * destination again, and a consumer waits for ever.
 *
 * <p>The news comes on the thread that handles the deletion, so on this connection it is read
 * before the answer to any send that was handled afterwards. Brokers without advisory messages tell
 * nothing.
 */
final class ActiveMqDeletions implements ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqDeletions.class);

  /**
   * The advisory topics of queues, topics and temporary queues, as patterns: to a consumer of the
   * topics themselves the broker would first tell all destinations that exist.
   */
  static final ActiveMQTopic NEWS =
      new ActiveMQTopic("ActiveMQ.*.Queue,ActiveMQ.*.Topic,ActiveMQ.*.TempQueue");

  /**
   * More pieces of news than can be unacknowledged at once: behind the limit the broker would keep
   * the next one back, and answer a later command before it.
   */
  private static final int PREFETCH = 1_000_000;

  private final OpenWire wire;
  private volatile boolean heard;
  private final Map<ActiveMQDestination, News> known = new ConcurrentHashMap<>();
  private final Map<Object, Consumer<ActiveMQDestination>> ofTopics = new ConcurrentHashMap<>();

  private ActiveMqDeletions(OpenWire wire) {
    this.wire = wire;
  }

  /**
   * Begins to listen; a broker that does not allow it is served without.
   *
   * @throws MessagingException when the broker does not answer
   */
  static ActiveMqDeletions listen(OpenWire wire) {
    ActiveMqDeletions deletions = new ActiveMqDeletions(wire);
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(NEWS);
    info.setPrefetchSize(PREFETCH);
    info.setDispatchAsync(false);
    try {
      wire.addConsumer("The broker does not tell of deletions", info, deletions);
    } catch (MessagingException e) {
      if (!ActiveMqProbe.isAnswer(wire, e)) {
        throw e;
      }
      LOG.info("Deleted destinations will go unnoticed: {}", e.getMessage());
    }
    return deletions;
  }

  /**
   * Whether it has heard anything; if not after a destination was made, the broker tells nothing.
   */
  boolean hasHeard() {
    return heard;
  }

  /** What is known of one destination. Written by the reading thread. */
  private static final class News {
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean gone;
    private volatile int removals;
  }

  /** One user's watch on a destination. */
  final class Watch {

    private final ActiveMQDestination destination;
    private final Runnable onDeleted;
    private final News news;

    private Watch(ActiveMQDestination destination, Runnable onDeleted) {
      this.destination = destination;
      this.onDeleted = onDeleted;
      this.news =
          known.compute(
              destination,
              (key, old) -> {
                News shared = old == null ? new News() : old;
                shared.watches.add(this);
                return shared;
              });
    }

    /** Whether it was deleted, and not made again since. */
    boolean isGone() {
      return news.gone;
    }

    /** How often it was deleted. */
    int removals() {
      return news.removals;
    }

    /** Ends the watch. Ending it again does nothing. */
    void end() {
      known.computeIfPresent(
          destination,
          (key, shared) -> {
            shared.watches.remove(this);
            return shared.watches.isEmpty() ? null : shared;
          });
    }
  }

  /**
   * Watches a destination.
   *
   * @param destination the destination, which exists
   * @param onDeleted is run when it is deleted, by the reading thread
   * @return the watch; end it
   */
  Watch watch(ActiveMQDestination destination, Runnable onDeleted) {
    return new Watch(destination, onDeleted);
  }

  /**
   * Hears of all topics that are deleted.
   *
   * @param onDeleted is told by the reading thread
   * @return ends that
   */
  Runnable watchTopics(Consumer<ActiveMQDestination> onDeleted) {
    Object key = new Object();
    ofTopics.put(key, onDeleted);
    return () -> ofTopics.remove(key);
  }

  /** A destination has been made by this connection; the news of it may come later. */
  void made(ActiveMQDestination destination) {
    News news = known.get(destination);
    if (news != null) {
      news.gone = false;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the reading thread alone writes it
  private static void removed(News news) {
    news.removals++;
    news.gone = true;
    news.watches.forEach(watch -> watch.onDeleted.run());
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    if (dispatch.getMessage() instanceof ActiveMQMessage message
        && message.getDataStructure() instanceof DestinationInfo told) {
      heard = true;
      if (told.isRemoveOperation() && told.getDestination().isTopic()) {
        ofTopics.values().forEach(each -> each.accept(told.getDestination()));
      }
      News news = known.get(told.getDestination());
      if (news != null && told.isRemoveOperation()) {
        removed(news);
      } else if (news != null) {
        news.gone = false;
      }
    }
    MessageAck ack = new MessageAck(dispatch, MessageAck.STANDARD_ACK_TYPE, 1);
    ack.setFirstMessageId(ack.getLastMessageId());
    try {
      wire.send("The news could not be accepted", ack);
    } catch (MessagingException e) {
      LOG.debug("The connection broke after a piece of news", e);
    }
  }
}
