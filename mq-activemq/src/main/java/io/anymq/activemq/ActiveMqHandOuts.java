package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers how often messages were handed to an application. The broker counts deliveries, and
 * when a client dies it counts those that only waited in the prefetch, too. So each hand-out of a
 * message that was delivered before leaves a record in a queue beside its source; a first hand-out
 * leaves one when its consumer closes and the message is unsettled. Records are read only when the
 * broker's count has reached a limit. They expire, and go with the broker's restart as its own
 * counts do.
 */
final class ActiveMqHandOuts {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqHandOuts.class);

  private static final String WHAT = "A hand-out could not be recorded";

  /** Begins the names of the queues of records; no portable name holds a colon. */
  static final String QUEUES = "anymq:handed.";

  private static final Duration KEPT = Duration.ofHours(24);

  /** A record must have left this process before the application gets the message. */
  private static final Duration WRITING = Duration.ofSeconds(1);

  private static final int PREFETCH = 1000;

  private final OpenWire wire;
  private final Optional<ActiveMqStatistics> statistics;
  private final Duration timeout;
  private final ActiveMqRefusals refusals = new ActiveMqRefusals(System::nanoTime);
  private @Nullable ProducerId producer;
  private long sequence;

  ActiveMqHandOuts(OpenWire wire, Optional<ActiveMqStatistics> statistics, Duration timeout) {
    this.wire = wire;
    this.statistics = statistics;
    this.timeout = timeout;
  }

  /** The records of one queue or subscription. */
  final class Log {

    private final ActiveMQQueue queue;

    private Log(ActiveMQQueue queue) {
      this.queue = queue;
    }

    /** Has been handed out; returns when the record has left this process. */
    void add(MessageId id) {
      if (areKept()) {
        record(queue, id);
        boolean unused = wire.awaitWritten(WRITING);
      }
    }

    /** The same, when it need not have left this process yet. */
    void addSoon(MessageId id) {
      if (areKept()) {
        record(queue, id);
      }
    }

    private boolean areKept() {
      return statistics.isPresent() && !refusals.hold(queue);
    }

    /** How often it was handed out; empty when that cannot be recorded here. */
    Optional<Integer> count(MessageId id) {
      return areKept() ? statistics.flatMap(plugin -> count(plugin, id)) : Optional.empty();
    }

    private Optional<Integer> count(ActiveMqStatistics plugin, MessageId id) {
      if (plugin.of(queue).filter(counts -> counts.size() > 0).isEmpty()) {
        return Optional.of(0);
      }
      try {
        return Optional.of(new Reading(queue, id).count());
      } catch (MessagingException e) {
        if (e.code() != ErrorCode.ACCESS_REFUSED) {
          throw e;
        }
        refused(queue, e);
        return Optional.empty();
      }
    }
  }

  /** The records of a source. */
  Log of(String key) {
    return new Log(queue(key));
  }

  /** The queue of a source's records. */
  static ActiveMQQueue queue(String key) {
    return new ActiveMQQueue(QUEUES + key.replace('*', '+').replace('>', '+'));
  }

  private synchronized void record(ActiveMQQueue queue, MessageId id) {
    ProducerId own = producer;
    try {
      if (own == null) {
        own = wire.newProducerId();
        wire.send("No producer of records", new ProducerInfo(own));
        producer = own;
      }
      ActiveMQMessage message = new ActiveMQMessage();
      message.setDestination(queue);
      message.setCorrelationId(id.toString());
      message.setPersistent(false);
      message.setTimestamp(System.currentTimeMillis());
      message.setExpiration(message.getTimestamp() + KEPT.toMillis());
      message.setProducerId(own);
      message.setMessageId(new MessageId(own, ++sequence));
      wire.request(WHAT, message, new Recorded(queue));
    } catch (MessagingException e) {
      LOG.debug("The connection broke before a hand-out was recorded", e);
    }
  }

  /**
   * A broker that refuses records of a queue is believed: its own count is used then. It may be a
   * right that is missing for this queue alone, or a store that is full for a while.
   */
  private void refused(ActiveMQQueue queue, MessagingException why) {
    boolean lasting = why.code() == ErrorCode.ACCESS_REFUSED;
    if (refusals.add(queue, lasting)) {
      LOG.warn(
          "The broker refuses records of deliveries in {}{}; of its source, messages that were only"
              + " prefetched count as delivered after a crash: {}",
          queue.getPhysicalName(),
          lasting ? "" : ", which is tried again after a minute",
          why.getMessage());
    }
  }

  /** Nobody waits for it. */
  private final class Recorded implements AsyncCallback {

    private final ActiveMQQueue queue;

    Recorded(ActiveMQQueue queue) {
      this.queue = queue;
    }

    @Override
    public void onSuccess() {
      // It is read when the broker's count has reached a limit.
    }

    @Override
    public void onException(JMSException error) {
      if (!wire.isLoss(error)) {
        refused(queue, ActiveMqErrors.translate(WHAT, error));
      }
    }
  }

  /** Looks through the records as a browser does. */
  private final class Reading {

    private final ActiveMQQueue queue;
    private final String id;
    private final ConsumerInfo info;
    private final AtomicInteger found = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    Reading(ActiveMQQueue queue, MessageId id) {
      this.queue = queue;
      this.id = id.toString();
      info = new ConsumerInfo(wire.newConsumerId());
      info.setDestination(queue);
      info.setPrefetchSize(PREFETCH);
      info.setDispatchAsync(true);
      info.setBrowser(true);
    }

    int count() {
      String what = "The records of deliveries cannot be read";
      wire.addConsumer(what, info, this::dispatch);
      try {
        if (!end.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new io.anymq.MessagingTimeoutException(
              "%s in time: the broker did not send the end of %s"
                  .formatted(what, queue.getPhysicalName()));
        }
        return found.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ActiveMqErrors.translate(what, e);
      } finally {
        wire.detach(info.getConsumerId());
        wire.sendIfLive(what, info.createRemoveCommand());
      }
    }

    private void dispatch(MessageDispatch dispatch) {
      if (dispatch.getMessage() == null) {
        end.countDown();
        return;
      }
      if (id.equals(dispatch.getMessage().getCorrelationId())) {
        found.incrementAndGet();
      }
      wire.sendIfLive(
          "The look at records could not go on",
          new MessageAck(dispatch, MessageAck.INDIVIDUAL_ACK_TYPE, 1));
    }
  }
}
