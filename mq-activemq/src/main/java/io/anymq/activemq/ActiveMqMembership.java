package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTempTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's part in a shared subscription. One of the members moves, for all of them, what the
 * subscription collects to the queue that they share.
 *
 * <p>Which one, the broker says: each member is an exclusive consumer of the lease queue, which the
 * broker serves the first of; it holds what comes unsettled, so that when it goes, the next is told
 * by getting it. What comes are letters of those who join: the mover answers them when messages
 * that are sent from then on reach the subscription.
 */
final class ActiveMqMembership implements ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqMembership.class);

  /** A mover that goes leaves its connection for the next for a moment; a busy broker hangs up. */
  private static final Duration HAND_OVER = Duration.ofSeconds(1);

  private static final int PREFETCH = 1000;
  private static final String WHAT = "The shared subscription could not be joined";
  private static final String LIVE = "live";

  private final OpenWire wire;
  private final ActiveMqShare share;
  private final Duration timeout;
  private final Function<ActiveMqForwarder.Owner, ActiveMqForwarder> forwarders;
  private final Cleaning cleaning;
  private final Consumer<MessagingException> hopeless;
  private final ConsumerInfo lease;
  private final CompletableFuture<ActiveMQMessage> answer = new CompletableFuture<>();
  private final ProducerId producer;
  private long sequence;

  // Guarded by this.
  private final List<MessageDispatch> letters = new ArrayList<>();
  private int answered;
  private @Nullable ActiveMqForwarder forwarder;
  private @Nullable MessagingException trouble;
  private long troubledSince;
  private boolean live;
  private boolean left;

  /** What is done with what only lives as long as it has members, and its topic. */
  interface Cleaning {

    /** Before the first member's subscription is made: nothing of an earlier one may be left. */
    void before(OpenWire own);

    /** When a mover has left, and the subscription is at rest. */
    void after(OpenWire own);
  }

  /**
   * Makes a member; {@link #join} joins.
   *
   * @param wire the link's connection
   * @param share the subscription
   * @param timeout how long joining may take
   * @param forwarders makes the forwarder when it is this member's turn
   * @param cleaning what is done before the first and after the last member
   * @param hopeless is told when this member cannot move what is collected, and trying again would
   *     not help
   */
  ActiveMqMembership(
      OpenWire wire,
      ActiveMqShare share,
      Duration timeout,
      Function<ActiveMqForwarder.Owner, ActiveMqForwarder> forwarders,
      Cleaning cleaning,
      Consumer<MessagingException> hopeless) {
    this.wire = wire;
    this.share = share;
    this.timeout = timeout;
    this.forwarders = forwarders;
    this.cleaning = cleaning;
    this.hopeless = hopeless;
    this.producer = wire.newProducerId();
    lease = new ConsumerInfo(wire.newConsumerId());
    lease.setDestination(share.lease());
    lease.setExclusive(true);
    lease.setPrefetchSize(PREFETCH);
    lease.setDispatchAsync(true);
  }

  /** Joins; when this returns, the subscription is live. */
  void join() {
    ActiveMQTempTopic address =
        new ActiveMQTempTopic(wire.connectionId().getValue() + ":anymq-join-" + UUID.randomUUID());
    ConsumerInfo answers = new ConsumerInfo(wire.newConsumerId());
    answers.setDestination(address);
    answers.setPrefetchSize(PREFETCH);
    boolean joined = false;
    try {
      wire.request(WHAT, info(address, DestinationInfo.ADD_OPERATION_TYPE));
      wire.addConsumer(WHAT, answers, this::answered);
      wire.request(WHAT, new ProducerInfo(producer));
      wire.addConsumer(WHAT, lease, this);
      wire.request(WHAT, message(share.lease(), address, LIVE, ""));
      judge(awaitAnswer());
      joined = true;
    } finally {
      forget(answers);
      if (!joined) {
        leave();
      }
    }
  }

  private ActiveMQMessage awaitAnswer() {
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException(WHAT + " in time: nobody moves its messages", e);
    } catch (ExecutionException e) {
      throw ActiveMqErrors.translate(WHAT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate(WHAT, e);
    }
  }

  /** The way for the answer is of no more use. */
  private void forget(ConsumerInfo answers) {
    wire.detach(answers.getConsumerId());
    try {
      if (wire.isLive()) {
        wire.send(WHAT, answers.createRemoveCommand());
        wire.send(WHAT, info(answers.getDestination(), DestinationInfo.REMOVE_OPERATION_TYPE));
      }
    } catch (MessagingException e) {
      LOG.debug("It goes with the connection", e);
    }
  }

  private DestinationInfo info(ActiveMQDestination destination, byte operation) {
    return new DestinationInfo(wire.connectionId(), operation, destination);
  }

  private void answered(MessageDispatch dispatch) {
    if (dispatch.getMessage() instanceof ActiveMQMessage message) {
      answer.complete(message);
    }
  }

  private static void judge(ActiveMQMessage answer) {
    if (!LIVE.equals(answer.getType())) {
      throw new MessagingException(
          ErrorCode.valueOf(answer.getType()), String.valueOf(answer.getCorrelationId()));
    }
  }

  private synchronized ActiveMQMessage message(
      ActiveMQDestination to, @Nullable ActiveMQDestination replyTo, String type, String text) {
    ActiveMQMessage message = new ActiveMQMessage();
    message.setDestination(to);
    message.setReplyTo(replyTo);
    message.setType(type);
    message.setCorrelationId(text);
    message.setPersistent(false);
    message.setTimestamp(System.currentTimeMillis());
    message.setProducerId(producer);
    message.setMessageId(new MessageId(producer, ++sequence));
    return message;
  }

  /** A letter; the first one says that this member is the mover now. */
  @Override
  public synchronized void dispatch(MessageDispatch letter) {
    if (left || letter.getMessage() == null) {
      return;
    }
    letters.add(letter);
    if (forwarder == null) {
      // Who moves while it joins has no member before it: the broker serves the oldest.
      boolean first = !share.durable() && !answer.isDone();
      forwarder = forwarders.apply(new News());
      forwarder.start(first ? cleaning::before : own -> {});
    }
    answerLetters();
  }

  /** How the forwarder goes. */
  private final class News implements ActiveMqForwarder.Owner {

    @Override
    public void live() {
      synchronized (ActiveMqMembership.this) {
        live = true;
        trouble = null;
        answerLetters();
      }
    }

    @Override
    public void failed(MessagingException why) {
      synchronized (ActiveMqMembership.this) {
        live = false;
        if (trouble == null) {
          troubledSince = System.nanoTime();
        }
        trouble = why;
        answerLetters();
      }
    }

    @Override
    public void hopeless(MessagingException why) {
      hopeless.accept(why);
    }

    /** The letters stay unanswered: the member that gets them next moves, and answers them. */
    @Override
    public void ended(MessagingException why) {
      try {
        leave();
      } finally {
        hopeless.accept(why);
      }
    }
  }

  /** What may be over by itself is waited for: the mover before, or a busy broker that hung up. */
  private boolean mayPass() {
    MessagingException why = trouble;
    return why == null
        || (why.isTransient() && System.nanoTime() - troubledSince < HAND_OVER.toNanos());
  }

  /** All but the last are done with; that one stays unsettled, for the next mover. */
  private void answerLetters() {
    if (!live && mayPass()) {
      return;
    }
    try {
      for (MessageDispatch letter : letters.subList(answered, letters.size())) {
        answer(letter);
      }
      while (letters.size() > 1) {
        MessageAck ack = new MessageAck(letters.remove(0), MessageAck.INDIVIDUAL_ACK_TYPE, 1);
        ack.setFirstMessageId(ack.getLastMessageId());
        wire.send("A letter could not be accepted", ack);
      }
      answered = letters.size();
    } catch (MessagingException e) {
      LOG.debug("The connection broke; another member answers", e);
    }
  }

  private void answer(MessageDispatch letter) {
    ActiveMQDestination to = letter.getMessage().getReplyTo();
    MessagingException why = trouble;
    ActiveMQMessage message =
        why == null
            ? message(to, null, LIVE, "")
            : message(to, null, why.code().name(), String.valueOf(why.getMessage()));
    wire.request(
        "The letter could not be answered", message, new Unnoticed("Who wrote a letter has gone"));
  }

  /** Leaves; another member moves what comes. Leaving again does nothing. */
  void leave() {
    ActiveMqForwarder mine;
    synchronized (this) {
      if (left) {
        return;
      }
      left = true;
      mine = forwarder;
    }
    wire.detach(lease.getConsumerId());
    try {
      if (wire.isLive()) {
        wire.send("The lease could not be given up", lease.createRemoveCommand());
        wire.send("The lease could not be given up", new RemoveInfo(producer));
      }
    } catch (MessagingException e) {
      LOG.debug("The lease goes with the connection", e);
    }
    if (mine != null) {
      mine.close(cleaning::after, !wire.onOwnThread());
    }
  }
}
