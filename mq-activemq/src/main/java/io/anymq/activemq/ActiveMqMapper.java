package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.util.ByteSequence;
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
  static final String TIMESTAMP = SELECTABLE_PREFIX + "timestamp";
  static final String TIME_TO_LIVE = "x-anymq-time-to-live";
  static final String DELIVERY_DELAY = "x-anymq-delivery-delay";

  /** Before the name of a property of bytes, which a selector of the broker's cannot bear. */
  static final String BYTES_PREFIX = SELECTABLE_PREFIX + "bytes$";

  /** Before the name of an application's property that looks like one of ours. */
  private static final String FOREIGN_PREFIX = "x-anymq-property.";

  /** Before the name of a text property that the broker could not write again. */
  private static final String TEXT_PREFIX = "x-anymq-text.";

  /** What the broker's scheduler reads, and what it writes. */
  private static final Set<String> SCHEDULERS =
      Set.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, ScheduledMessage.AMQ_SCHEDULED_ID);

  private static final String OWN_PREFIX = "x-anymq-";
  private static final String QUEUE_PREFIX = "queue:";
  private static final String TOPIC_PREFIX = "topic:";

  /**
   * The longest text, in characters, that certainly fits a native header: OpenWire's strings hold
   * 65,535 bytes, and its modified UTF-8 takes up to 3 for a character.
   */
  private static final int MAX_HEADER_CHARS = 65_535 / 3;

  private final ActiveMqDestinations destinations;

  ActiveMqMapper(ActiveMqDestinations destinations) {
    this.destinations = destinations;
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
    ActiveMQMessage to = body(message);
    Headers headers = new Headers(to);
    message.properties().forEach((name, value) -> headers.property(nativeName(name, value), value));
    headers.property(ID, message.id().orElse(null));
    headers.property(KEY, message.key().orElse(null));
    message
        .correlationId()
        .ifPresent(text -> headers.text(text, to::setCorrelationId, CORRELATION_ID));
    message.type().ifPresent(text -> headers.text(text, to::setType, TYPE));
    message.replyTo().ifPresent(replyTo -> replyTo(headers, replyTo));
    to.setPriority((byte) message.priority());
    to.setPersistent(message.persistent());
    message.timestamp().ifPresent(time -> timestamp(headers, time.toEpochMilli()));
    headers.property(TIME_TO_LIVE, message.timeToLive().map(Duration::toMillis).orElse(null));
    message.expiresAt().ifPresent(expiry -> to.setExpiration(expiry.toEpochMilli()));
    message
        .deliveryDelay()
        .ifPresent(
            delay -> {
              delay(headers, delay.toMillis());
              headers.protectTexts();
            });
    return to;
  }

  private static String nativeName(String name, Object value) {
    if (value instanceof byte[]) {
      return BYTES_PREFIX + name;
    }
    return name.startsWith(SELECTABLE_PREFIX) ? FOREIGN_PREFIX + name : name;
  }

  /** The application's name of a native property; empty when it is one of our own. */
  private static Optional<String> portableName(String name, Object value) {
    if (name.startsWith(BYTES_PREFIX) && value instanceof byte[]) {
      return Optional.of(name.substring(BYTES_PREFIX.length()));
    }
    if (name.startsWith(FOREIGN_PREFIX)) {
      return Optional.of(name.substring(FOREIGN_PREFIX.length()));
    }
    boolean own = name.startsWith(OWN_PREFIX) || name.startsWith(SELECTABLE_PREFIX);
    return own ? Optional.empty() : Optional.of(name);
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

  private static ActiveMQMessage body(Message message) {
    String type = message.contentType().orElse(null);
    if (Message.TEXT.equals(type)) {
      Optional<String> text = utf8(message);
      if (text.isPresent()) {
        return textMessage(text.get());
      }
    }
    ActiveMQBytesMessage bytes = new ActiveMQBytesMessage();
    bytes.setContent(new ByteSequence(message.body()));
    new Headers(bytes).property(CONTENT_TYPE, type);
    return bytes;
  }

  private static ActiveMQMessage textMessage(String text) {
    ActiveMQTextMessage message = new ActiveMQTextMessage();
    try {
      message.setText(text);
    } catch (JMSException e) {
      throw new IllegalStateException("A new message can be written", e);
    }
    return message;
  }

  private static Optional<String> utf8(Message message) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(message.bodyBuffer()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
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
      Map<String, Object> properties = restored(from.getProperties());
      Headers headers = new Headers(from);
      fields(headers, properties, to);
      properties(properties, to);
      body(from, to);
      return new Decoded(to.build(), Optional.empty());
    } catch (JMSException | IOException | RuntimeException e) {
      rawBody(from, to);
      return new Decoded(to.build(), Optional.of(undecodable(from, e)));
    }
  }

  /** With the texts that {@link Headers#protectTexts} hid from the broker. */
  private static Map<String, Object> restored(Map<String, Object> properties) {
    if (!properties.containsKey(DELIVERY_DELAY)) {
      return properties;
    }
    Map<String, Object> restored = new HashMap<>(properties);
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(TEXT_PREFIX) && value instanceof byte[] text) {
            restored.put(
                name.substring(TEXT_PREFIX.length()), new String(text, StandardCharsets.UTF_16BE));
          }
        });
    return restored;
  }

  private void fields(Headers from, Map<String, Object> properties, Message.Builder to)
      throws JMSException {
    ActiveMQMessage message = from.message;
    to.id(text(properties, ID).orElse(message.getJMSMessageID()));
    to.contentType(text(properties, CONTENT_TYPE).orElse(null));
    to.correlationId(text(properties, CORRELATION_ID).orElse(message.getCorrelationId()));
    to.type(text(properties, TYPE).orElse(message.getType()));
    to.key(text(properties, KEY).orElse(null));
    to.priority(Math.max(0, Math.min(Message.MAX_PRIORITY, message.getPriority())));
    to.persistent(message.isPersistent());
    replyTo(message, properties, to);
    times(message, properties, to);
    if (message.getGroupID() != null) {
      to.property("JMSXGroupID", message.getGroupID());
      to.property("JMSXGroupSeq", message.getGroupSequence());
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

  private static void properties(Map<String, Object> from, Message.Builder to) {
    boolean delayed = from.containsKey(DELIVERY_DELAY);
    from.forEach(
        (name, value) -> {
          if (!(delayed && SCHEDULERS.contains(name))) {
            portableName(name, value)
                .ifPresent(
                    portable ->
                        to.property(
                            portable,
                            value instanceof UTF8Buffer text ? NativeText.of(text) : value));
          }
        });
  }

  private static void body(ActiveMQMessage from, Message.Builder to) throws JMSException {
    if (from instanceof ActiveMQBytesMessage bytes) {
      to.wrapBody(bytes(bytes));
    } else if (from instanceof ActiveMQTextMessage text) {
      String body = text.getText();
      if (body != null) {
        to.text(body);
      }
    } else if (from.getDataStructureType() != ActiveMQMessage.DATA_STRUCTURE_TYPE) {
      throw new InvalidMessageException(
          "A %s has no portable body; send a BytesMessage or a TextMessage"
              .formatted(from.getClass().getSimpleName().replace("ActiveMQ", "")));
    }
  }

  private static byte[] bytes(ActiveMQBytesMessage from) throws JMSException {
    ByteSequence content = from.getContent();
    if (content == null) {
      return new byte[0];
    }
    if (!from.isCompressed()) {
      return raw(content);
    }
    byte[] body = new byte[Math.toIntExact(from.getBodyLength())];
    from.readBytes(body);
    return body;
  }

  private static void rawBody(ActiveMQMessage from, Message.Builder to) {
    ByteSequence content = from.getContent();
    if (content != null) {
      to.wrapBody(raw(content));
    }
  }

  /** The bytes; not copied when they fill their array, which the native client leaves alone. */
  private static byte[] raw(ByteSequence content) {
    if (content.offset == 0 && content.length == content.data.length) {
      return content.data;
    }
    return Arrays.copyOfRange(content.data, content.offset, content.offset + content.length);
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
  private record Headers(ActiveMQMessage message) {

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

    /**
     * The broker's scheduler reads all properties and writes them again, and so spoils some texts:
     * those go as bytes.
     */
    void protectTexts() {
      try {
        for (Map.Entry<String, Object> each : Map.copyOf(message.getProperties()).entrySet()) {
          if (each.getValue() instanceof String text && !NativeText.isSafe(text)) {
            message.removeProperty(each.getKey());
            property(TEXT_PREFIX + each.getKey(), text.getBytes(StandardCharsets.UTF_16BE));
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException("A new message has nothing that must be read first", e);
      }
    }

    void text(String value, java.util.function.Consumer<String> header, String property) {
      if (value.length() <= MAX_HEADER_CHARS) {
        header.accept(value);
      } else {
        property(property, value);
      }
    }
  }
}
