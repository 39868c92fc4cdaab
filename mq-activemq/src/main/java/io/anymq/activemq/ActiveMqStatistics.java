package io.anymq.activemq;

import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTempTopic;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker's statistics plug-in. A question is a message that the plug-in takes out on its
 * way; the answers come to a temporary topic of this connection, whose consumer the broker serves
 * on the thread that handles the question: so they are here before the question is confirmed.
 */
final class ActiveMqStatistics implements ActiveMQDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqStatistics.class);

  private static final String WHAT = "The broker's statistics cannot be asked";

  private static final String PREFIX = "ActiveMQ.Statistics.Destination.";

  /** Asks for one more answer, empty, after the last; so that nothing found is an answer too. */
  private static final String END_MARK = "ActiveMQ.Statistics.Destination.List.End.With.Null";

  /** The plug-in is looked for with a topic: where nobody listens, a topic keeps nothing. */
  private static final ActiveMQTopic PROBE = new ActiveMQTopic(PREFIX + "anymq-probe");

  /** More than there can be answers under way. */
  private static final int PREFETCH = 10_000;

  private final OpenWire wire;
  private final Duration timeout;
  private final ActiveMQTempTopic answers;
  private final ProducerId producer;
  private final Map<String, Question> open = new ConcurrentHashMap<>();
  private long sequence;

  /**
   * What the plug-in tells of a destination.
   *
   * @param size the messages that it holds, those with consumers included
   * @param inFlight the messages that are with consumers
   * @param consumers how many consumers it has
   * @param enqueued how many messages have come since the broker has it
   * @param dequeued how many have gone
   */
  record Counts(long size, long inFlight, long consumers, long enqueued, long dequeued) {}

  /** Of a destination that does not exist. */
  static final Counts NONE = new Counts(0, 0, 0, 0, 0);

  private ActiveMqStatistics(OpenWire wire, Duration timeout) {
    this.wire = wire;
    this.timeout = timeout;
    this.answers = new ActiveMQTempTopic(wire.connectionId(), OpenWire.OWN_NUMBER);
    this.producer = wire.newProducerId();
  }

  /**
   * Finds out whether the plug-in is there.
   *
   * @throws MessagingException when the broker does not answer
   */
  static Optional<ActiveMqStatistics> detect(OpenWire wire, Duration timeout) {
    ActiveMqStatistics statistics = new ActiveMqStatistics(wire, timeout);
    try {
      statistics.prepare();
      if (statistics.ask(PROBE, probe -> ActiveMqProbe.send(wire, WHAT, probe)).ended.isDone()) {
        return Optional.of(statistics);
      }
      wire.request("The probe could not be removed", removal(wire, PROBE));
    } catch (MessagingException e) {
      if (!ActiveMqProbe.isAnswer(wire, e)) {
        throw e;
      }
      LOG.info("{}: {}", WHAT, e.getMessage());
    }
    return Optional.empty();
  }

  private static DestinationInfo removal(OpenWire wire, ActiveMQDestination destination) {
    return new DestinationInfo(
        wire.connectionId(), DestinationInfo.REMOVE_OPERATION_TYPE, destination);
  }

  private void prepare() {
    wire.request(
        WHAT,
        new DestinationInfo(wire.connectionId(), DestinationInfo.ADD_OPERATION_TYPE, answers));
    wire.request(WHAT, new ProducerInfo(producer));
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(answers);
    info.setPrefetchSize(PREFETCH);
    info.setDispatchAsync(false);
    wire.addConsumer(WHAT, info, this);
  }

  /** The counts of a destination, or empty when it does not exist. */
  Optional<Counts> of(ActiveMQDestination destination) {
    Question question = ask(asking(destination));
    await(question, destination);
    return Optional.ofNullable(question.counts);
  }

  private void await(Question question, Object about) {
    try {
      question.ended.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException(
          "The broker's statistics plug-in did not answer for " + about + " in time", e);
    } catch (ExecutionException e) {
      throw ActiveMqErrors.translate("The broker's statistics cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate("Asking for statistics", e);
    }
  }

  /** The temporary queues of all connections. */
  Set<ActiveMQDestination> temporaryQueues() {
    Question question = ask(new ActiveMQTempQueue(PREFIX + ">"));
    await(question, "the temporary queues");
    return Set.copyOf(question.found.keySet());
  }

  /** The queues whose names begin with some words and a dot. */
  Map<ActiveMQDestination, Counts> queuesUnder(String words) {
    Question question = ask(new ActiveMQQueue(PREFIX + words + ">"));
    await(question, "the queues under " + words);
    return Map.copyOf(question.found);
  }

  private static ActiveMQDestination asking(ActiveMQDestination destination) {
    return ActiveMQDestination.createDestination(
        PREFIX + destination.getPhysicalName(), destination.getDestinationType());
  }

  private Question ask(ActiveMQDestination address) {
    return ask(address, question -> wire.request(WHAT, question));
  }

  private Question ask(ActiveMQDestination address, Consumer<ActiveMQMessage> way) {
    String id = UUID.randomUUID().toString();
    Question question = new Question();
    open.put(id, question);
    try {
      way.accept(message(address, id));
    } finally {
      open.remove(id);
    }
    return question;
  }

  private ActiveMQMessage message(ActiveMQDestination address, String id) {
    ActiveMQMessage message = new ActiveMQMessage();
    message.setDestination(address);
    message.setReplyTo(answers);
    message.setCorrelationId(id);
    message.setPersistent(false);
    message.setTimestamp(System.currentTimeMillis());
    // Should the plug-in go while we are connected, the question must not stay in a queue.
    message.setExpiration(message.getTimestamp() + timeout.toMillis());
    message.setProducerId(producer);
    message.setMessageId(nextId());
    try {
      message.setProperty(END_MARK, true);
    } catch (IOException e) {
      throw new IllegalStateException("A new message has nothing that must be read first", e);
    }
    return message;
  }

  private synchronized MessageId nextId() {
    return new MessageId(producer, ++sequence);
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    Question question = open.get(String.valueOf(dispatch.getMessage().getCorrelationId()));
    if (question != null && dispatch.getMessage() instanceof ActiveMQMapMessage answer) {
      question.answer(answer);
    }
    MessageAck ack = new MessageAck(dispatch, MessageAck.STANDARD_ACK_TYPE, 1);
    ack.setFirstMessageId(ack.getLastMessageId());
    try {
      wire.send("The answer could not be accepted", ack);
    } catch (MessagingException e) {
      LOG.debug("The connection broke after an answer", e);
    }
  }

  private static final class Question {

    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final Map<ActiveMQDestination, Counts> found = new ConcurrentHashMap<>();
    private volatile @Nullable Counts counts;

    private void answer(ActiveMQMapMessage answer) {
      try {
        if (answer.itemExists("size")) {
          Counts told =
              new Counts(
                  answer.getLong("size"),
                  answer.getLong("inflightCount"),
                  answer.getLong("consumerCount"),
                  answer.getLong("enqueueCount"),
                  answer.getLong("dequeueCount"));
          counts = told;
          found.put(
              ActiveMQDestination.createDestination(
                  answer.getString("destinationName"), ActiveMQDestination.QUEUE_TYPE),
              told);
        } else {
          ended.complete(true);
        }
      } catch (JMSException e) {
        ended.completeExceptionally(e);
      }
    }
  }
}
