package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.fusesource.hawtbuf.UTF8Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages to native ones and back; no I/O. What has a native header travels in it; what has none,
 * or would not fit, in a property whose name begins with {@code x-anymq-}. Immutable.
 */
final class ActiveMqMapper {

  /**
   * Begins the properties that selectors can name in the broker's dialect, which knows no hyphen.
   */
  static final String SELECTABLE_PREFIX = "x$anymq$";

  static final String ID = SELECTABLE_PREFIX + "id";
  static final String CONTENT_TYPE = "x-anymq-content-type";
  static final String CORRELATION_ID = SELECTABLE_PREFIX + "correlation_id";
  static final String REPLY_TO = "x-anymq-reply-to";
  static final String TYPE = SELECTABLE_PREFIX + "type";
  static final String KEY = SELECTABLE_PREFIX + "key";
  static final String PRIORITY = SELECTABLE_PREFIX + "priority";
  static final String TIMESTAMP = SELECTABLE_PREFIX + "timestamp";
  static final String TIME_TO_LIVE = "x-anymq-time-to-live";
  static final String DELIVERY_DELAY = "x-anymq-delivery-delay";

  /** Before the names of what a dead letter keeps and must not be read of it. */
  static final String KEPT = "x-anymq-native-";

  /** Says that the message may be there twice; natively it counts as delivered once before. */
  static final String REPEATED = "x-anymq-repeated";

  private static final String QUEUE_PREFIX = "queue:";
  private static final String TOPIC_PREFIX = "topic:";

  /**
   * The longest text, in characters, that certainly fits a native header: OpenWire's strings hold
   * 65,535 bytes, and its modified UTF-8 takes up to 3 for a character.
   */
  private static final int MAX_HEADER_CHARS = 65_535 / 3;

  private final ActiveMqDestinations destinations;
  private final boolean artemis;
  private final ActiveMqProperties applications;
  private final ActiveMqLetters letters;

  /**
   * Makes a mapper.
   *
   * @param destinations the names of destinations
   * @param artemis whether the broker is Artemis, which reads all properties and writes them again
   */
  ActiveMqMapper(ActiveMqDestinations destinations, boolean artemis) {
    this.destinations = destinations;
    this.artemis = artemis;
    this.applications = new ActiveMqProperties(artemis);
    this.letters = new ActiveMqLetters(this, applications);
  }

  /** Whether the broker is Artemis. */
  boolean isForArtemis() {
    return artemis;
  }

  /**
   * What a native message is.
   *
   * @param message the message; of one that could not be decoded, what there is of it
   * @param undecodable why it could not be decoded, if so
   */
  record Decoded(Message message, Optional<InvalidMessageException> undecodable) {}

  /** The native message; it has no native id and no destination yet. */
  ActiveMQMessage toNative(Message message) {
    ActiveMQMessage to = ActiveMqBodies.toNative(message);
    Headers headers = new Headers(to);
    if (to instanceof ActiveMQBytesMessage) {
      headers.property(CONTENT_TYPE, message.contentType().orElse(null));
    }
    message.properties().forEach((name, value) -> property(headers, name, value));
    headers.property(KEY, message.key().orElse(null));
    message
        .correlationId()
        .ifPresent(text -> text(headers, text, to::setCorrelationId, CORRELATION_ID));
    message.type().ifPresent(text -> text(headers, text, to::setType, TYPE));
    message.replyTo().ifPresent(replyTo -> replyTo(headers, replyTo));
    stamped(headers, message);
    return to;
  }

  /** The native message; of a dead letter, with what its delivery had of native form. */
  ActiveMQMessage toNative(Message message, Optional<InboundDelivery> origin) {
    return origin.orElse(null) instanceof ActiveMqDelivery delivery
        ? letters.toNative(message, delivery)
        : toNative(message);
  }

  /**
   * Marks a message that may be there already. The broker passes on the count that it comes with:
   * so those who consume it are told without having to look at its properties.
   */
  static void markRepeated(ActiveMQMessage message) {
    new Headers(message).property(REPEATED, true);
    message.setRedeliveryCounter(1);
  }

  /** How often a message was delivered before; one that was sent again begins with a count. */
  static int earlierDeliveries(ActiveMQMessage message, int counter) {
    if (counter == 0) {
      return 0;
    }
    try {
      return message.getProperties().containsKey(REPEATED) ? counter - 1 : counter;
    } catch (IOException e) {
      return counter; // nobody can read its properties
    }
  }

  void property(Headers headers, String name, Object value) {
    headers.property(applications.nativeName(name, value), applications.nativeValue(value));
  }

  /** What the library gives to each message, and what a dead letter may have otherwise. */
  void stamped(Headers headers, Message message) {
    ActiveMQMessage to = headers.message;
    headers.property(ID, message.id().orElse(null));
    priority(headers, message.priority());
    to.setPersistent(message.persistent());
    message.timestamp().ifPresent(time -> timestamp(headers, time.toEpochMilli()));
    headers.property(TIME_TO_LIVE, message.timeToLive().map(Duration::toMillis).orElse(null));
    message.expiresAt().ifPresent(expiry -> to.setExpiration(expiry.toEpochMilli()));
    message.deliveryDelay().ifPresent(delay -> delay(headers, delay.toMillis()));
    if (artemis || message.deliveryDelay().isPresent()) {
      applications.protectTexts(to);
    }
  }

  /** Artemis orders every queue by the native priority; queues are first in, first out. */
  private void priority(Headers headers, int priority) {
    if (artemis) {
      headers.property(PRIORITY, priority);
      headers.message.setPriority((byte) Message.DEFAULT_PRIORITY);
    } else {
      headers.message.setPriority((byte) priority);
    }
  }

  /** Into a native header, where it fits and would come back; otherwise into a property. */
  private void text(Headers headers, String value, Consumer<String> header, String property) {
    boolean fits = value.length() <= MAX_HEADER_CHARS;
    if (fits && (!artemis || NativeText.isSafe(value))) {
      header.accept(value);
    } else {
      headers.property(property, value);
    }
  }

  /**
   * When a delayed message is due, the broker moves its native timestamp and expiry to that moment;
   * not so when the timestamp is not there.
   */
  private static void delay(Headers headers, long millis) {
    headers.property(DELIVERY_DELAY, millis);
    if (millis > 0) {
      headers.property(ScheduledMessage.AMQ_SCHEDULED_DELAY, millis);
    }
    if (millis > 0 && headers.message.getTimestamp() != 0) {
      headers.property(TIMESTAMP, headers.message.getTimestamp());
      headers.message.setTimestamp(0);
    }
  }

  private void replyTo(Headers headers, Destination replyTo) {
    boolean nobodys =
        replyTo instanceof Queue queue
            && ActiveMqTemporaries.isTemporary(queue)
            && destinations.temporaries().find(queue).isEmpty();
    if (!nobodys) {
      headers.message.setReplyTo(destinations.toNative(replyTo));
    }
    headers.property(
        REPLY_TO, (replyTo instanceof Queue ? QUEUE_PREFIX : TOPIC_PREFIX) + replyTo.name());
  }

  /** Natively, 0 means that there is none. */
  private static void timestamp(Headers headers, long millis) {
    headers.message.setTimestamp(millis);
    if (millis == 0) {
      headers.property(TIMESTAMP, millis);
    }
  }

  /** The portable message. Never throws: what cannot be decoded is told with its reason. */
  Decoded fromNative(ActiveMQMessage from) {
    Message.Builder to = Message.builder();
    try {
      Map<String, Object> properties = applications.restored(from.getProperties());
      Headers headers = new Headers(from);
      fields(headers, properties, to);
      applications.read(properties, to);
      ActiveMqBodies.read(from, to);
      return new Decoded(to.build(), Optional.empty());
    } catch (JMSException | IOException | RuntimeException e) {
      ActiveMqBodies.readRaw(from, to);
      return new Decoded(to.build(), Optional.of(undecodable(from, e)));
    }
  }

  private void fields(Headers from, Map<String, Object> properties, Message.Builder to)
      throws JMSException {
    ActiveMQMessage message = from.message;
    to.id(text(properties, ID).orElse(message.getJMSMessageID()));
    to.contentType(text(properties, CONTENT_TYPE).orElse(null));
    to.correlationId(text(properties, CORRELATION_ID).orElse(message.getCorrelationId()));
    to.type(text(properties, TYPE).orElse(message.getType()));
    to.key(text(properties, KEY).orElse(null));
    int priority = properties.get(PRIORITY) instanceof Integer own ? own : message.getPriority();
    to.priority(Math.max(0, Math.min(Message.MAX_PRIORITY, priority)));
    to.persistent(message.isPersistent());
    replyTo(message, properties, to);
    times(message, properties, to);
    if (message.getGroupID() != null) {
      to.property("JMSXGroupID", message.getGroupID());
      if (message.getGroupSequence() != 0) {
        to.property("JMSXGroupSeq", message.getGroupSequence());
      }
    }
  }

  private void replyTo(ActiveMQMessage from, Map<String, Object> properties, Message.Builder to) {
    Optional<String> own = text(properties, REPLY_TO);
    ActiveMQDestination replyTo = from.getReplyTo();
    Optional<Destination> portable =
        replyTo == null ? Optional.empty() : destinations.toPortable(replyTo);
    if (own.isPresent()) {
      to.replyTo(destination(own.get()));
    } else if (portable.isPresent()) {
      to.replyTo(portable.get());
    } else if (replyTo != null) {
      to.property("JMSReplyTo", replyTo.getQualifiedName());
    }
  }

  private static Destination destination(String text) {
    if (text.startsWith(QUEUE_PREFIX)) {
      return Queue.of(text.substring(QUEUE_PREFIX.length()));
    }
    if (text.startsWith(TOPIC_PREFIX)) {
      return Topic.of(text.substring(TOPIC_PREFIX.length()));
    }
    throw new InvalidMessageException(
        "Property %s is '%s', which is neither a queue nor a topic".formatted(REPLY_TO, text));
  }

  private static void times(
      ActiveMQMessage from, Map<String, Object> properties, Message.Builder to) {
    long timestamp = millis(properties, TIMESTAMP).orElse(from.getTimestamp());
    if (timestamp != 0 || properties.containsKey(TIMESTAMP)) {
      to.timestamp(Instant.ofEpochMilli(timestamp));
    }
    millis(properties, TIME_TO_LIVE)
        .or(() -> nativeTimeToLive(from))
        .ifPresent(ttl -> to.timeToLive(Duration.ofMillis(ttl)));
    if (from.getExpiration() > 0) {
      to.expiresAt(Instant.ofEpochMilli(from.getExpiration()));
    }
    millis(properties, DELIVERY_DELAY)
        .ifPresent(delay -> to.deliveryDelay(Duration.ofMillis(delay)));
  }

  private static Optional<Long> nativeTimeToLive(ActiveMQMessage from) {
    long ttl = from.getExpiration() - from.getTimestamp();
    return from.getExpiration() > 0 && ttl > 0 ? Optional.of(ttl) : Optional.empty();
  }

  private static InvalidMessageException undecodable(ActiveMQMessage from, Exception error) {
    return new InvalidMessageException(
        "The native message %s cannot be decoded: %s"
            .formatted(from.getMessageId(), error.getMessage()),
        error);
  }

  private static Optional<String> text(Map<String, Object> properties, String name) {
    Object value = properties.get(name);
    if (value instanceof UTF8Buffer text) {
      return Optional.of(NativeText.of(text));
    }
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static Optional<Long> millis(Map<String, Object> properties, String name) {
    return properties.get(name) instanceof Long millis ? Optional.of(millis) : Optional.empty();
  }

  /**
   * A native message's metadata. Properties are set in OpenWire's own map, because the JMS setters
   * refuse bytes and names that are no Java identifiers.
   */
  record Headers(ActiveMQMessage message) {

    void property(String name, @Nullable Object value) {
      if (value == null) {
        return;
      }
      try {
        message.setProperty(name, value);
      } catch (IOException e) {
        throw new IllegalStateException("A new message has nothing that must be read first", e);
      }
    }
  }
}
