package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the consumers of a queue take turns, or none of them. The turn itself is the
 * broker's: it serves one exclusive consumer at a time, and no other consumer while there is one.
 *
 * <p>An exclusive consumer puts up a sign first, which is a consumer of another queue, and then
 * looks for ordinary ones; those begin first, and then look for a sign. So of two that meet one
 * sees the other.
 */
final class ActiveMqTurns {

  /** A sign that was taken down may be counted for a moment on a busy broker. */
  private static final long COUNTED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqTurns.class);
  private static final String SIGNS = "anymq:turns.";
  private static final String WHAT = "The consumers of a queue cannot be looked at";
  private static final int ALL = 1_000_000;

  private final OpenWire wire;
  private final ActiveMqStatistics statistics;

  ActiveMqTurns(OpenWire wire, ActiveMqStatistics statistics) {
    this.wire = wire;
    this.statistics = statistics;
  }

  private static ActiveMQQueue sign(ActiveMQDestination queue) {
    return new ActiveMQQueue(SIGNS + queue.getPhysicalName());
  }

  /**
   * Puts up the sign that the consumers of a queue take turns.
   *
   * @param queue the queue
   * @return takes the sign down
   * @throws MessagingException when a consumer is there that takes no turns
   */
  Runnable begin(ActiveMQDestination queue) {
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(sign(queue));
    info.setPrefetchSize(1);
    wire.addConsumer("No turns at " + NativeText.of(queue), info, dispatch -> {});
    try {
      if (hasOrdinary(queue)) {
        throw inUse(
            NativeText.of(queue) + " has a consumer that did not ask for the order of keys");
      }
      return () -> end(info);
    } catch (MessagingException e) {
      end(info);
      throw e;
    }
  }

  private void end(ConsumerInfo info) {
    wire.detach(info.getConsumerId());
    if (!wire.isLive()) {
      return;
    }
    try {
      wire.send("The sign could not be taken down", info.createRemoveCommand());
      DestinationInfo removal =
          new DestinationInfo(
              wire.connectionId(), DestinationInfo.REMOVE_OPERATION_TYPE, info.getDestination());
      wire.request(
          "The sign is still used",
          removal,
          new Unnoticed("The sign stays, for others use it still"));
    } catch (MessagingException e) {
      LOG.debug("Somebody else has put up a sign, or the connection is lost", e);
    }
  }

  /**
   * Looks for the sign.
   *
   * @param queue the queue, of which an ordinary consumer has been opened
   * @throws MessagingException when the consumers of the queue take turns
   */
  void checkNone(ActiveMQDestination queue) {
    long begin = System.nanoTime();
    while (isSigned(queue)) {
      if (System.nanoTime() - begin >= COUNTED_NANOS) {
        throw inUse(
            "The consumers of "
                + NativeText.of(queue)
                + " keep the order of keys, and this one does not");
      }
      LockSupport.parkNanos(COUNTED_NANOS / 20);
    }
  }

  private boolean isSigned(ActiveMQDestination queue) {
    return statistics.of(sign(queue)).filter(counts -> counts.consumers() > 0).isPresent();
  }

  private static MessagingException inUse(String why) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE, why + "; close the one before the other is opened");
  }

  /** A new consumer of these advisories is first told of all consumers that there are. */
  private boolean hasOrdinary(ActiveMQDestination queue) {
    Set<ConsumerInfo> found = ConcurrentHashMap.newKeySet();
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(AdvisorySupport.getConsumerAdvisoryTopic(queue));
    info.setPrefetchSize(ALL);
    info.setDispatchAsync(false);
    wire.addConsumer(
        WHAT,
        info,
        dispatch -> {
          if (dispatch.getMessage() instanceof ActiveMQMessage message
              && message.getDataStructure() instanceof ConsumerInfo told) {
            found.add(told);
          }
        });
    wire.detach(info.getConsumerId());
    wire.send(WHAT, info.createRemoveCommand());
    return found.stream().anyMatch(each -> !each.isExclusive() && !each.isBrowser());
  }
}
