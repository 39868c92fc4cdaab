package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Messages as records, and back. The body is the record's value, the key its key, the timestamp its
 * timestamp, and each property a header of its name; the rest is in {@link KafkaHeaders}.
 */
final class KafkaMapper {

  /** The property that holds a foreign record's key that is not text. */
  static final String BINARY_KEY = "kafka.key";

  /**
   * How far ahead of now a record's own timestamp is used. By default a broker refuses records that
   * are stamped more than an hour ahead ({@code message.timestamp.after.max.ms}).
   */
  private static final Duration AHEAD = Duration.ofMinutes(30);

  private KafkaMapper() {}

  /**
   * What a record says.
   *
   * @param message the message, or what there is of it
   * @param undecodable why it could not be decoded, if so
   */
  record Decoded(Message message, Optional<InvalidMessageException> undecodable) {}

  /**
   * A message as a record.
   *
   * @param message the message
   * @param topic the native topic
   * @param keepsTimestamps whether the topic keeps the timestamps of its records
   */
  static ProducerRecord<byte[], byte[]> toRecord(
      Message message, String topic, boolean keepsTimestamps) {
    Headers headers = new RecordHeaders();
    addFields(headers, message);
    Long timestamp = addTimestamp(headers, message, keepsTimestamps);
    addProperties(headers, message);
    byte[] key = message.key().map(PropertyCodec::utf8).orElse(null);
    return new ProducerRecord<>(topic, null, timestamp, key, message.body(), headers);
  }

  private static void addFields(Headers headers, Message message) {
    message.id().ifPresent(id -> add(headers, KafkaHeaders.ID, id));
    message.contentType().ifPresent(type -> add(headers, KafkaHeaders.CONTENT_TYPE, type));
    message.correlationId().ifPresent(id -> add(headers, KafkaHeaders.CORRELATION_ID, id));
    message.replyTo().ifPresent(to -> add(headers, KafkaHeaders.REPLY_TO, qualified(to)));
    message.type().ifPresent(type -> add(headers, KafkaHeaders.TYPE, type));
    if (message.priority() != Message.DEFAULT_PRIORITY) {
      add(headers, KafkaHeaders.PRIORITY, Integer.toString(message.priority()));
    }
    if (!message.persistent()) {
      add(headers, KafkaHeaders.PERSISTENT, "false");
    }
    message.timeToLive().ifPresent(ttl -> add(headers, KafkaHeaders.TIME_TO_LIVE, millis(ttl)));
    message.expiresAt().ifPresent(expiry -> add(headers, KafkaHeaders.EXPIRES_AT, millis(expiry)));
    message
        .deliveryDelay()
        .ifPresent(delay -> add(headers, KafkaHeaders.DELIVERY_DELAY, millis(delay)));
  }

  private static @Nullable Long addTimestamp(
      Headers headers, Message message, boolean keepsTimestamps) {
    if (message.timestamp().isEmpty()) {
      return null;
    }
    long millis = message.timestamp().get().toEpochMilli();
    boolean nativeHolds =
        millis >= 0 && millis <= System.currentTimeMillis() + AHEAD.toMillis() && keepsTimestamps;
    if (nativeHolds) {
      return millis;
    }
    add(headers, KafkaHeaders.TIMESTAMP, Long.toString(millis));
    return null;
  }

  private static void addProperties(Headers headers, Message message) {
    if (message.properties().isEmpty()) {
      return;
    }
    StringBuilder index = new StringBuilder();
    message
        .properties()
        .forEach(
            (name, value) -> {
              headers.add(new RecordHeader(name, PropertyCodec.encode(value)));
              String type = PropertyCodec.typeOf(value);
              if (type != null) {
                PropertyCodec.index(index, name, type);
              }
            });
    if (!index.isEmpty()) {
      add(headers, KafkaHeaders.TYPES, index.toString());
    }
  }

  /** A record as a message. Never throws. */
  static Decoded toMessage(ConsumerRecord<byte[], byte[]> record) {
    Message.Builder builder = Message.builder();
    if (record.value() != null) {
      builder.wrapBody(record.value());
    }
    if (record.timestamp() >= 0) {
      builder.timestamp(Instant.ofEpochMilli(record.timestamp()));
    }
    try {
      readKey(builder, record.key());
      readHeaders(builder, record.headers());
      return new Decoded(builder.build(), Optional.empty());
    } catch (InvalidMessageException e) {
      return new Decoded(builder.build(), Optional.of(e));
    } catch (MessagingException | IllegalArgumentException | DateTimeException e) {
      return new Decoded(
          builder.build(),
          Optional.of(new InvalidMessageException("A header is malformed: " + e.getMessage(), e)));
    }
  }

  private static void readKey(Message.Builder builder, byte @Nullable [] key) {
    if (key == null) {
      return;
    }
    String text = PropertyCodec.textOrNull(key);
    if (text == null) {
      builder.property(BINARY_KEY, key);
    } else {
      builder.key(text);
    }
  }

  private static void readHeaders(Message.Builder builder, Headers headers) {
    Map<String, String> types = typesIn(headers);
    boolean foreign = true;
    String foreignContentType = null;
    for (Header header : headers) {
      if (header.value() == null) {
        continue;
      }
      if (header.key().startsWith(KafkaHeaders.PREFIX)) {
        readField(builder, header);
        foreign = false;
      } else {
        Object value = property(header, types.get(header.key()));
        builder.property(header.key(), value);
        if (header.key().equals(KafkaHeaders.FOREIGN_CONTENT_TYPE)
            && value instanceof String text) {
          foreignContentType = text;
        }
      }
    }
    if (foreign) {
      builder.contentType(foreignContentType);
    }
  }

  private static Map<String, String> typesIn(Headers headers) {
    Header index = headers.lastHeader(KafkaHeaders.TYPES);
    return index == null
        ? Map.of()
        : PropertyCodec.parseIndex(PropertyCodec.text(KafkaHeaders.TYPES, index.value()));
  }

  private static Object property(Header header, @Nullable String type) {
    return type == null
        ? PropertyCodec.decodeUntyped(header.value())
        : PropertyCodec.decode(header.key(), type, header.value());
  }

  /** Reads a header of this library's own; those that are no field of a message are passed over. */
  private static void readField(Message.Builder builder, Header header) {
    String text = PropertyCodec.text(header.key(), header.value());
    switch (header.key()) {
      case KafkaHeaders.ID -> builder.id(text);
      case KafkaHeaders.CONTENT_TYPE -> builder.contentType(text);
      case KafkaHeaders.CORRELATION_ID -> builder.correlationId(text);
      case KafkaHeaders.TYPE -> builder.type(text);
      case KafkaHeaders.REPLY_TO -> builder.replyTo(destination(text));
      case KafkaHeaders.PRIORITY -> builder.priority(Integer.parseInt(text));
      case KafkaHeaders.PERSISTENT -> builder.persistent(!text.equals("false"));
      case KafkaHeaders.TIME_TO_LIVE -> builder.timeToLive(duration(text));
      case KafkaHeaders.EXPIRES_AT -> builder.expiresAt(instant(text));
      case KafkaHeaders.DELIVERY_DELAY -> builder.deliveryDelay(duration(text));
      case KafkaHeaders.TIMESTAMP -> builder.timestamp(instant(text));
      default -> {}
    }
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  private static Duration duration(String millis) {
    return Duration.ofMillis(Long.parseLong(millis));
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(new RecordHeader(name, PropertyCodec.utf8(value)));
  }

  private static String millis(Instant moment) {
    return Long.toString(moment.toEpochMilli());
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  private static String qualified(Destination destination) {
    return (destination instanceof Queue ? "queue:" : "topic:") + destination.name();
  }

  private static Destination destination(String qualified) {
    if (qualified.startsWith("queue:")) {
      return Queue.of(qualified.substring("queue:".length()));
    }
    if (qualified.startsWith("topic:")) {
      return Topic.of(qualified.substring("topic:".length()));
    }
    throw new InvalidMessageException(
        "Header %s holds '%s', which is neither queue:name nor topic:name"
            .formatted(KafkaHeaders.REPLY_TO, qualified));
  }
}
