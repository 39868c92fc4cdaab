package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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
  static final String SEQUENCE = RabbitHeaders.PREFIX + "sequence";

  private static final String CONTENT_TYPE = RabbitHeaders.PREFIX + "content-type";
  private static final String ID = RabbitHeaders.PREFIX + "id";
  private static final String CORRELATION_ID = RabbitHeaders.PREFIX + "correlation-id";
  private static final String REPLY_TO = RabbitHeaders.PREFIX + "reply-to";
  private static final String TYPE = RabbitHeaders.PREFIX + "type";
  private static final String PRIORITY = RabbitHeaders.PREFIX + "priority";
  private static final String KEY = RabbitHeaders.PREFIX + "key";
  private static final String DELIVERY_DELAY = RabbitHeaders.PREFIX + "delivery-delay";
  static final String EXPIRES_AT = RabbitHeaders.PREFIX + "expires-at";
  private static final String TIME_TO_LIVE = RabbitHeaders.PREFIX + "time-to-live";

  /** What limits a message's life, and what has delayed it: not for a dead letter. */
  static final List<String> LIFE = List.of(DELIVERY_DELAY, EXPIRES_AT, TIME_TO_LIVE);

  /** Properties that hold native fields of foreign messages which no portable field stands for. */
  static final String FOREIGN_PREFIX = "amqp.";

  private static final int TRANSIENT = 1;
  private static final int PERSISTENT = 2;

  /** A broker refuses a longer expiration: what a timer of Erlang's can hold. */
  private static final long MAX_EXPIRATION_MILLIS = 4_294_967_295L;

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
   * @param sequence its position on its channel, where that is needed to tell it apart
   */
  BasicProperties encode(Message message, OptionalLong sequence) {
    return encode(message, sequence, Map.of(), false);
  }

  /**
   * The native properties of a message that waits in other queues until it is due. The broker must
   * not take its time to live for a reason to send it on, so it has no native one.
   *
   * @param way headers of its way: those by which the broker finds it, where the message waits
   * @param prioritized whether it goes to a queue that is to order by priority. To others it must
   *     not have a native one: brokers from 4.0 on let that overtake in every quorum queue
   */
  BasicProperties encode(
      Message message, OptionalLong sequence, Map<String, Object> way, boolean prioritized) {
    Map<String, Object> headers = new LinkedHashMap<>(way);
    RabbitHeaders.encode(message.properties(), headers);
    if (!prioritized && message.priority() != Message.DEFAULT_PRIORITY) {
      headers.put(PRIORITY, message.priority());
    }
    sequence.ifPresent(position -> headers.put(SEQUENCE, position));
    put(headers, KEY, message.key());
    put(headers, REPLY_TO, message.replyTo().map(Destination::toString));
    put(headers, DELIVERY_DELAY, message.deliveryDelay().map(Duration::toMillis));
    put(headers, EXPIRES_AT, message.expiresAt().map(Instant::toEpochMilli));
    put(headers, TIME_TO_LIVE, message.timeToLive().map(Duration::toMillis));
    String contentType = field(headers, CONTENT_TYPE, message.contentType());
    String correlationId = field(headers, CORRELATION_ID, message.correlationId());
    String id = field(headers, ID, message.id());
    String type = field(headers, TYPE, message.type());
    return new BasicProperties(
        contentType,
        null,
        headers.isEmpty() ? null : headers,
        message.persistent() ? PERSISTENT : TRANSIENT,
        prioritized ? message.priority() : null,
        correlationId,
        message.replyTo().map(this::nativeReplyTo).orElse(null),
        way.containsKey(RabbitDelays.KIND)
            ? null
            : message.expiresAt().map(RabbitMapper::expiration).orElse(null),
        id,
        message.timestamp().map(RabbitTimestamp::nativeSeconds).orElse(null),
        type,
        null,
        message.timestamp().map(RabbitTimestamp::appId).orElse(null),
        null);
  }

  /** The position on its channel of a message that came back, or empty for one that is not ours. */
  static OptionalLong sequence(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return headers != null && headers.get(SEQUENCE) instanceof Long sequence
        ? OptionalLong.of(sequence)
        : OptionalLong.empty();
  }

  /** The id of a message that came back. */
  static Optional<String> id(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return headers != null && headers.get(ID) != null
        ? Optional.of(headers.get(ID).toString())
        : Optional.ofNullable(properties.getMessageId());
  }

  /** Reads a native message, whoever sent it; never throws. */
  Decoded decode(BasicProperties properties, byte[] body) {
    Map<String, Object> headers =
        properties.getHeaders() == null ? Map.of() : properties.getHeaders();
    MetadataReader metadata = new MetadataReader(headers);
    Message.Builder message =
        Message.builder()
            .wrapBody(body)
            .contentType(metadata.text(CONTENT_TYPE, properties.getContentType()))
            .id(metadata.text(ID, properties.getMessageId()))
            .correlationId(metadata.text(CORRELATION_ID, properties.getCorrelationId()))
            .type(metadata.text(TYPE, properties.getType()))
            .key(metadata.text(KEY, null))
            .priority(metadata.priority(PRIORITY, properties.getPriority()))
            .persistent(persistent(properties.getDeliveryMode()))
            .timestamp(RabbitTimestamp.read(properties.getTimestamp(), properties.getAppId()))
            .timeToLive(timeToLive(metadata, properties.getExpiration()))
            .expiresAt(metadata.instant(EXPIRES_AT))
            .deliveryDelay(metadata.duration(DELIVERY_DELAY));
    replyTo(metadata, properties.getReplyTo(), message);
    foreignFields(properties, message);
    try {
      RabbitHeaders.decode(headers, message);
    } catch (InvalidMessageException e) {
      metadata.fault(e);
    }
    return new Decoded(message.build(), metadata.fault());
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
      MetadataReader metadata, @Nullable String nativeName, Message.Builder message) {
    String text = metadata.text(REPLY_TO, null);
    if (text != null) {
      Optional<Destination> replyTo = Portable.destination(text);
      replyTo.ifPresent(message::replyTo);
      if (replyTo.isEmpty()) {
        metadata.fault(
            new InvalidMessageException("Header '" + REPLY_TO + "' holds no destination: " + text));
      }
    } else if (nativeName != null) {
      Optional<Queue> queue = names.portableQueue(nativeName);
      queue.ifPresent(message::replyTo);
      if (queue.isEmpty()) {
        foreign(message, "reply-to", nativeName);
      }
    }
  }

  /** Native fields that only foreign programs set. */
  private static void foreignFields(BasicProperties properties, Message.Builder message) {
    foreign(message, "content-encoding", properties.getContentEncoding());
    foreign(message, "user-id", properties.getUserId());
    foreign(message, "app-id", RabbitTimestamp.foreign(properties.getAppId()));
  }

  private static void foreign(Message.Builder message, String name, @Nullable String value) {
    if (value != null) {
      message.property(FOREIGN_PREFIX + name, value);
    }
  }

  /** What is left of a message's life; null where the broker takes no number so large. */
  private static @Nullable String expiration(Instant expiry) {
    long left = expiry.toEpochMilli() - System.currentTimeMillis();
    return left > MAX_EXPIRATION_MILLIS ? null : Long.toString(Math.max(0, left));
  }

  /** An expiration of 0 means that the message is to be delivered at once or never: now it was. */
  private static @Nullable Duration timeToLive(
      MetadataReader metadata, @Nullable String expiration) {
    Duration exact = metadata.duration(TIME_TO_LIVE);
    if (exact != null || expiration == null) {
      return exact;
    }
    try {
      long millis = Long.parseLong(expiration);
      return millis < 1 ? null : Duration.ofMillis(millis);
    } catch (NumberFormatException e) {
      metadata.fault(
          new InvalidMessageException("The expiration '" + expiration + "' is no number", e));
      return null;
    }
  }

  /** A message without a delivery mode is transient, as AMQP 0-9-1 has it. */
  private static boolean persistent(@Nullable Integer deliveryMode) {
    return deliveryMode != null && deliveryMode == PERSISTENT;
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
