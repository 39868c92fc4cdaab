package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages to AMQP properties and back; no I/O. What a native field holds exactly is in that field;
 * the rest is in headers that begin with {@code x-anymq-}. See the package documentation for the
 * table.
 */
final class RabbitMapper {

  /** Names the position of a message on its channel, by which a returned one is told apart. */
  private static final String SEQUENCE = RabbitHeaders.PREFIX + "sequence";

  private static final String CONTENT_TYPE = RabbitHeaders.PREFIX + "content-type";
  private static final String ID = RabbitHeaders.PREFIX + "id";
  private static final String CORRELATION_ID = RabbitHeaders.PREFIX + "correlation-id";
  private static final String REPLY_TO = RabbitHeaders.PREFIX + "reply-to";
  private static final String TYPE = RabbitHeaders.PREFIX + "type";
  private static final String KEY = RabbitHeaders.PREFIX + "key";
  private static final String TIMESTAMP = RabbitHeaders.PREFIX + "timestamp";
  private static final String DELIVERY_DELAY = RabbitHeaders.PREFIX + "delivery-delay";
  private static final String TIME_TO_LIVE = RabbitHeaders.PREFIX + "time-to-live";

  /** Properties that hold native fields of foreign messages which no portable field stands for. */
  static final String FOREIGN_PREFIX = "amqp.";

  private static final int TRANSIENT = 1;
  private static final int PERSISTENT = 2;

  /** Native fields are short strings: at most this many bytes of UTF-8. */
  private static final int MAX_SHORT_STRING = 255;

  /** No string of this many chars has more bytes of UTF-8 than a short string holds. */
  private static final int SURELY_SHORT = MAX_SHORT_STRING / 3;

  private final RabbitNames names;

  /**
   * A native message read.
   *
   * @param message what there is of it
   * @param fault why it could not be decoded, or null
   */
  record Decoded(Message message, @Nullable InvalidMessageException fault) {}

  RabbitMapper(RabbitNames names) {
    this.names = names;
  }

  /**
   * The native properties of a message.
   *
   * @param message the message
   * @param sequence its position on its channel
   */
  BasicProperties encode(Message message, long sequence) {
    Map<String, Object> headers = new LinkedHashMap<>();
    RabbitHeaders.encode(message.properties(), headers);
    headers.put(SEQUENCE, sequence);
    put(headers, KEY, message.key());
    put(headers, REPLY_TO, message.replyTo().map(Destination::toString));
    put(headers, TIMESTAMP, message.timestamp().map(Instant::toEpochMilli));
    put(headers, DELIVERY_DELAY, message.deliveryDelay().map(Duration::toMillis));
    put(headers, TIME_TO_LIVE, message.timeToLive().map(Duration::toMillis));
    return new BasicProperties(
        field(headers, CONTENT_TYPE, message.contentType()),
        null,
        headers,
        message.persistent() ? PERSISTENT : TRANSIENT,
        message.priority() == Message.DEFAULT_PRIORITY ? null : message.priority(),
        field(headers, CORRELATION_ID, message.correlationId()),
        message.replyTo().map(this::nativeReplyTo).orElse(null),
        message.timeToLive().map(life -> Long.toString(life.toMillis())).orElse(null),
        field(headers, ID, message.id()),
        message.timestamp().map(Date::from).orElse(null),
        field(headers, TYPE, message.type()),
        null,
        null,
        null);
  }

  /** The position on its channel of a message that came back, or empty for one that is not ours. */
  static OptionalLong sequence(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return headers != null && headers.get(SEQUENCE) instanceof Long sequence
        ? OptionalLong.of(sequence)
        : OptionalLong.empty();
  }

  /** Reads a native message, whoever sent it; never throws. */
  Decoded decode(BasicProperties properties, byte[] body) {
    Message.Builder message = Message.builder().body(body);
    Map<String, Object> headers =
        properties.getHeaders() == null ? Map.of() : properties.getHeaders();
    try {
      message
          .contentType(text(headers, CONTENT_TYPE, properties.getContentType()))
          .id(text(headers, ID, properties.getMessageId()))
          .correlationId(text(headers, CORRELATION_ID, properties.getCorrelationId()))
          .type(text(headers, TYPE, properties.getType()))
          .key(text(headers, KEY, null))
          .priority(priority(properties.getPriority()))
          .persistent(persistent(properties.getDeliveryMode()))
          .timestamp(timestamp(headers, properties.getTimestamp()))
          .timeToLive(timeToLive(headers, properties.getExpiration()))
          .deliveryDelay(duration(headers, DELIVERY_DELAY));
      replyTo(headers, properties.getReplyTo(), message);
      foreignFields(properties, message);
      RabbitHeaders.decode(headers, message);
      return new Decoded(message.build(), null);
    } catch (InvalidMessageException e) {
      return new Decoded(message.build(), e);
    }
  }

  /** How often a message was delivered before, as a quorum queue counts. */
  static OptionalLong deliveriesBefore(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    if (headers == null) {
      return OptionalLong.empty();
    }
    // From 4.3 on x-delivery-count leaves out messages given back; x-acquired-count has them.
    long before =
        Math.max(count(headers.get("x-delivery-count")), count(headers.get("x-acquired-count")));
    return before < 0 ? OptionalLong.empty() : OptionalLong.of(before);
  }

  private static long count(@Nullable Object header) {
    return header instanceof Number number ? number.longValue() : -1;
  }

  /** The native queue; a topic has no native form that an answer could be sent to. */
  private @Nullable String nativeReplyTo(Destination replyTo) {
    return replyTo instanceof Queue queue ? names.queue(queue) : null;
  }

  private void replyTo(
      Map<String, Object> headers, @Nullable String nativeName, Message.Builder message) {
    String text = text(headers, REPLY_TO, null);
    if (text != null) {
      message.replyTo(
          Portable.destination(text)
              .orElseThrow(
                  () ->
                      new InvalidMessageException(
                          "Header '" + REPLY_TO + "' holds no destination: " + text)));
    } else if (nativeName != null) {
      Optional<Queue> queue = names.portableQueue(nativeName);
      queue.ifPresent(message::replyTo);
      if (queue.isEmpty()) {
        message.property(FOREIGN_PREFIX + "reply-to", nativeName);
      }
    }
  }

  /** Native fields that only foreign programs set. */
  private static void foreignFields(BasicProperties properties, Message.Builder message) {
    message
        .property(FOREIGN_PREFIX + "content-encoding", properties.getContentEncoding())
        .property(FOREIGN_PREFIX + "user-id", properties.getUserId())
        .property(FOREIGN_PREFIX + "app-id", properties.getAppId());
  }

  private static @Nullable Instant timestamp(
      Map<String, Object> headers, @Nullable Date nativeTimestamp) {
    Long exact = millis(headers, TIMESTAMP);
    if (exact != null) {
      return Instant.ofEpochMilli(exact);
    }
    return nativeTimestamp == null ? null : nativeTimestamp.toInstant();
  }

  private static @Nullable Duration timeToLive(
      Map<String, Object> headers, @Nullable String expiration) {
    Duration exact = duration(headers, TIME_TO_LIVE);
    if (exact != null || expiration == null) {
      return exact;
    }
    try {
      long millis = Long.parseLong(expiration);
      return millis < 1 ? null : Duration.ofMillis(millis);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException("The expiration '" + expiration + "' is no number", e);
    }
  }

  private static @Nullable Duration duration(Map<String, Object> headers, String name) {
    Long millis = millis(headers, name);
    return millis == null ? null : Duration.ofMillis(millis);
  }

  private static @Nullable Long millis(Map<String, Object> headers, String name) {
    Object value = headers.get(name);
    if (value == null || value instanceof Long) {
      return (Long) value;
    }
    throw malformed(name);
  }

  private static int priority(@Nullable Integer nativePriority) {
    return nativePriority == null
        ? Message.DEFAULT_PRIORITY
        : Math.min(nativePriority, Message.MAX_PRIORITY);
  }

  /** A message without a delivery mode is transient, as AMQP 0-9-1 has it. */
  private static boolean persistent(@Nullable Integer deliveryMode) {
    return deliveryMode != null && deliveryMode == PERSISTENT;
  }

  private static @Nullable String text(
      Map<String, Object> headers, String name, @Nullable String nativeField) {
    Object value = headers.get(name);
    if (value == null) {
      return nativeField;
    }
    if (value instanceof LongString text) {
      return text.toString();
    }
    throw malformed(name);
  }

  private static InvalidMessageException malformed(String header) {
    return new InvalidMessageException("Header '" + header + "' is malformed");
  }

  private static void put(Map<String, Object> headers, String name, Optional<?> value) {
    if (value.isPresent()) {
      headers.put(name, value.get());
    }
  }

  /** The text for a native field; what is too long for it goes into a header instead. */
  private static @Nullable String field(
      Map<String, Object> headers, String overflow, Optional<String> value) {
    String text = value.orElse(null);
    if (text == null || fits(text)) {
      return text;
    }
    headers.put(overflow, text);
    return null;
  }

  private static boolean fits(String text) {
    return text.length() <= SURELY_SHORT
        || (text.length() <= MAX_SHORT_STRING
            && text.getBytes(StandardCharsets.UTF_8).length <= MAX_SHORT_STRING);
  }
}
