package io.anymq.activemq;

import io.anymq.ClosedException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a queue with the broker's own browser: a consumer whose acknowledgements only make room
 * for more. The broker ends with a dispatch that has no message; a queue that is fed faster than it
 * is read would have no such end, so that the depth at the beginning is an end too.
 */
final class ActiveMqBrowser implements QueueBrowser, ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqBrowser.class);

  /** How many messages may be on their way: one page of the broker's default. */
  private static final int PREFETCH = 200;

  private final OpenWire wire;
  private final ActiveMqMapper mapper;
  private final Queue queue;
  private final Duration timeout;
  private final Consumer<ActiveMqBrowser> afterClose;
  private final ConsumerInfo info;
  private final BlockingQueue<MessageDispatch> arrived = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private long left;
  private @Nullable Message next;

  /**
   * Makes a browser; {@link #open} begins the look.
   *
   * @param setting what it belongs to
   * @param queue the queue, which exists
   * @param destination its native form
   * @param atMost how many messages there are
   * @param afterClose is told when it has been closed
   */
  ActiveMqBrowser(
      ActiveMqConsumer.Setting setting,
      Queue queue,
      ActiveMQDestination destination,
      long atMost,
      Consumer<ActiveMqBrowser> afterClose) {
    this.wire = setting.wire();
    this.mapper = setting.mapper();
    this.timeout = setting.timeout();
    this.queue = queue;
    this.left = atMost;
    this.afterClose = afterClose;
    info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(destination);
    info.setPrefetchSize(PREFETCH);
    info.setDispatchAsync(true);
    info.setBrowser(true);
  }

  void open() {
    wire.addConsumer("The " + queue.describe() + " cannot be browsed", info, this);
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    arrived.add(dispatch);
  }

  @Override
  public boolean hasNext() {
    while (next == null && left > 0 && !closed.get()) {
      MessageDispatch dispatch = await();
      if (dispatch.getMessage() == null) {
        left = 0;
      } else {
        left--;
        look(dispatch);
      }
    }
    return next != null;
  }

  /**
   * Shows what a consumer would get: neither a message that has expired, though the broker may
   * still show it, nor one that cannot be decoded, which a consumer moves to the dead-letter queue.
   */
  private void look(MessageDispatch dispatch) {
    wire.send(
        "The look could not go on", new MessageAck(dispatch, MessageAck.INDIVIDUAL_ACK_TYPE, 1));
    ActiveMqMapper.Decoded decoded = mapper.fromNative((ActiveMQMessage) dispatch.getMessage());
    Message message = decoded.message();
    boolean expired =
        message.expiresAt().filter(expiry -> !expiry.isAfter(Instant.now())).isPresent();
    if (!expired && decoded.undecodable().isEmpty()) {
      next = message;
    }
  }

  private MessageDispatch await() {
    String what = "Browsing " + queue.describe() + " could not go on";
    try {
      MessageDispatch dispatch = arrived.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (dispatch == null) {
        throw new MessagingTimeoutException(
            what + " in time: the broker sent neither a message nor the end");
      }
      if (closed.get()) {
        throw new ClosedException(what + ": it was closed, or the connection was lost");
      }
      return dispatch;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate(what, e);
    }
  }

  @Override
  public Message next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException("There is no further message in " + queue.describe());
    }
    Message message = next;
    next = null;
    return message;
  }

  /** Also wakes a thread that waits for a message. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    wire.detach(info.getConsumerId());
    arrived.add(new MessageDispatch());
    afterClose.accept(this);
    try {
      if (wire.isLive()) {
        wire.send("The browser could not be closed", info.createRemoveCommand());
      }
    } catch (MessagingException e) {
      LOG.debug("The browser of {} goes with its connection", queue, e);
    }
  }
}
