package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.UnsupportedCapabilityException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;

/**
 * Asks the management of an ActiveMQ Artemis broker, by messages to its management address: the
 * broker takes them out on their way, and its answers, arrays of JSON with one item, come to a
 * temporary queue of this connection. Safe for use by several threads, but not by the one that
 * reads answers.
 */
final class ArtemisManagement implements ActiveMQDispatcher {

  /** The default of the broker's {@code management-address}. */
  private static final ActiveMQQueue ADDRESS = new ActiveMQQueue("activemq.management");

  /** More than there can be answers under way. */
  private static final int PREFETCH = 1000;

  /** Begins each of the broker's own failures, as in {@code AMQ229032}. */
  private static final String CODE = "AMQ";

  private static final String ATTRIBUTE = "_AMQ_Attribute";

  /** An operation without a result has an answer without a body. */
  private static final String NOTHING = "[]";

  private static final String WHAT = "The broker's management cannot be asked";

  private final OpenWire wire;
  private final Duration timeout;
  private final ActiveMQTempQueue answers;
  private final ProducerId producer;
  private final Map<String, CompletableFuture<String>> open = new ConcurrentHashMap<>();
  private final String version;
  private long sequence;

  private ArtemisManagement(OpenWire wire, Duration timeout) {
    this.wire = wire;
    this.timeout = timeout;
    this.answers = new ActiveMQTempQueue(wire.connectionId(), OpenWire.OWN_NUMBER);
    this.producer = wire.newProducerId();
    wire.whenBroken(loss -> open.values().forEach(each -> each.completeExceptionally(loss)));
    prepare();
    this.version = text(checked(ask("broker", Map.of(ATTRIBUTE, "Version"), "")));
  }

  /**
   * Finds out whether the broker is Artemis. It says of itself what Classic says; only its id is of
   * another form, which a Classic broker can be given, too. So who looks like it is asked.
   *
   * @return its management; empty: it is ActiveMQ Classic
   * @throws MessagingTimeoutException when it does not say who it is, or looks like Artemis and
   *     does not answer
   * @throws UnsupportedCapabilityException when it is Artemis, and the user may not ask it
   */
  static Optional<ArtemisManagement> detect(OpenWire wire, Duration timeout) {
    String id = wire.brokerId();
    if (id.isEmpty()) {
      throw new MessagingTimeoutException(
          "The broker accepted the connection and did not tell its id in time, which says whether"
              + " it is ActiveMQ Classic or Artemis; look at the broker");
    }
    if (!isUuid(id)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ArtemisManagement(wire, timeout));
    } catch (MessagingTimeoutException e) {
      // To take it for Classic would damage what is sent, should it be Artemis after all.
      throw new MessagingTimeoutException(
          "The broker's id %s is of the form that Artemis uses, and its management (%s) did not answer within %s: an Artemis that is not ready, or an ActiveMQ Classic, which then needs another brokerId"
              .formatted(wire.brokerId(), ADDRESS.getPhysicalName(), Waits.text(timeout)),
          e);
    } catch (MessagingException e) {
      if (!wire.isLive() || !String.valueOf(e.getMessage()).contains(CODE)) {
        throw e;
      }
      throw new UnsupportedCapabilityException(
          "The broker is ActiveMQ Artemis, whose management the connection needs and may not use (%s); give the user the permission 'manage' on %s"
              .formatted(e.getMessage(), ADDRESS.getPhysicalName()),
          e);
    }
  }

  private static boolean isUuid(String text) {
    try {
      return UUID.fromString(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void prepare() {
    wire.request(
        WHAT,
        new DestinationInfo(wire.connectionId(), DestinationInfo.ADD_OPERATION_TYPE, answers));
    wire.request(WHAT, new ProducerInfo(producer));
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(answers);
    info.setPrefetchSize(PREFETCH);
    wire.addConsumer(WHAT, info, this);
  }

  /**
   * The broker's own version; in the protocol it tells that of the OpenWire that it is made with.
   */
  String version() {
    return version;
  }

  /** Whether the broker stores anything; not, when it does not say. */
  boolean isPersistent() {
    return attribute("broker", "PersistenceEnabled").filter("true"::equals).isPresent();
  }

  /** An attribute of a resource, as JSON; empty when there is no such resource. */
  Optional<String> attribute(String resource, String name) {
    String answer = ask(resource, Map.of(ATTRIBUTE, name), "");
    if (answer.startsWith("\"Problem while retrieving attribute")) {
      return Optional.empty();
    }
    return Optional.of(checked(answer));
  }

  /** Does an operation of a resource; its result, as JSON. */
  String invoke(String resource, String operation, List<Object> parameters) {
    String json =
        parameters.stream().map(ArtemisManagement::json).collect(Collectors.joining(",", "[", "]"));
    return checked(ask(resource, Map.of("_AMQ_OperationName", operation), json));
  }

  private static String checked(String answer) {
    if (answer.startsWith("\"" + CODE)) {
      throw new MessagingException(ErrorCode.BACKEND_FAILURE, "The broker says: " + text(answer));
    }
    return answer;
  }

  /** Names of destinations need no other escapes. */
  private static String json(Object value) {
    return value instanceof String text
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : value.toString();
  }

  private static String text(String json) {
    return json.substring(1, json.length() - 1);
  }

  private String ask(String resource, Map<String, String> properties, String body) {
    String id = UUID.randomUUID().toString();
    CompletableFuture<String> answer = new CompletableFuture<>();
    open.put(id, answer);
    try {
      wire.request(WHAT, question(resource, properties, body, id));
      return await(answer);
    } finally {
      open.remove(id);
    }
  }

  private String await(CompletableFuture<String> answer) {
    try {
      String array = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return array.substring(1, array.length() - 1); // of its brackets
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException("The broker's management did not answer in time", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MessagingException loss
          ? loss
          : ActiveMqErrors.translate("The management's answer cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate("Asking the broker's management", e);
    }
  }

  private ActiveMQTextMessage question(
      String resource, Map<String, String> properties, String body, String id) {
    ActiveMQTextMessage message = new ActiveMQTextMessage();
    message.setDestination(ADDRESS);
    message.setReplyTo(answers);
    message.setCorrelationId(id);
    message.setPersistent(false);
    message.setTimestamp(System.currentTimeMillis());
    message.setExpiration(message.getTimestamp() + timeout.toMillis());
    message.setProducerId(producer);
    message.setMessageId(nextId());
    try {
      message.setText(body);
      message.setProperty("_AMQ_ResourceName", resource);
      for (Map.Entry<String, String> each : properties.entrySet()) {
        message.setProperty(each.getKey(), each.getValue());
      }
    } catch (JMSException | IOException e) {
      throw new IllegalStateException("A new message has nothing that must be read first", e);
    }
    return message;
  }

  private synchronized MessageId nextId() {
    return new MessageId(producer, ++sequence);
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    CompletableFuture<String> asked =
        open.get(String.valueOf(dispatch.getMessage().getCorrelationId()));
    if (asked != null && dispatch.getMessage() instanceof ActiveMQTextMessage answer) {
      try {
        String array = answer.getText();
        asked.complete(array == null ? NOTHING : array);
      } catch (JMSException e) {
        asked.completeExceptionally(e);
      }
    }
    MessageAck ack = new MessageAck(dispatch, MessageAck.STANDARD_ACK_TYPE, 1);
    ack.setFirstMessageId(ack.getLastMessageId());
    wire.sendIfLive("The answer could not be accepted", ack);
  }
}
