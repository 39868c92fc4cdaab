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
import java.util.Arrays;
import java.util.HashMap;
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

  /** Begins the marks of a dead letter; those of an earlier one give way. */
  private static final String MARKS = "anymq.dead-letter.";

  /** The longest name of a property, in UTF-8. */
  private static final int MAX_NAME_BYTES = 255;

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

  /**
   * A dead letter as a record, with all that its origin holds and a message cannot carry: headers
   * without a value, of one name, or that are no properties; those that an earlier dead letter has
   * kept; the key's and the value's bytes.
   *
   * @param letter as it would be without its origin
   * @param origin what it is the dead letter of
   * @param decodable whether all headers of the origin could be read
   */
  static ProducerRecord<byte[], byte[]> withOrigin(
      ProducerRecord<byte[], byte[]> letter,
      ConsumerRecord<byte[], byte[]> origin,
      boolean decodable) {
    Headers headers = new RecordHeaders();
    for (Header each : origin.headers()) {
      if (each.key().startsWith(KafkaHeaders.ORIGINAL)) {
        headers.add(each);
      } else if (each.key().startsWith(KafkaHeaders.PREFIX)) {
        if (!decodable) {
          String name = each.key().substring(KafkaHeaders.PREFIX.length());
          headers.add(KafkaHeaders.ORIGINAL + name, each.value());
        }
      } else if (!each.key().startsWith(MARKS)) {
        headers.add(each);
      }
    }
    for (Header each : letter.headers()) {
      if (headers.lastHeader(each.key()) == null && !isBinaryKey(each, origin)) {
        headers.add(each);
      }
    }
    return new ProducerRecord<>(
        letter.topic(), null, letter.timestamp(), origin.key(), origin.value(), headers);
  }

  private static boolean isBinaryKey(Header header, ConsumerRecord<byte[], byte[]> origin) {
    return header.key().equals(BINARY_KEY)
        && origin.key() != null
        && Arrays.equals(header.value(), origin.key());
  }

  /** Marks a record as sent before, perhaps. */
  static void markRepeated(ProducerRecord<byte[], byte[]> entry) {
    entry.headers().add(KafkaHeaders.REPEATED, PropertyCodec.utf8("true"));
  }

  /** Whether a record is marked so; asked of each, and so only the last header is looked at. */
  static boolean isRepeated(ConsumerRecord<byte[], byte[]> record) {
    Header[] all = record.headers().toArray();
    return all.length > 0 && all[all.length - 1].key().equals(KafkaHeaders.REPEATED);
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
    readKey(builder, record.key());
    InvalidMessageException fault = readHeaders(builder, record.headers());
    return new Decoded(builder.build(), Optional.ofNullable(fault));
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

  /** Reads all that can be read; answers the first fault, or null. */
  private static @Nullable InvalidMessageException readHeaders(
      Message.Builder builder, Headers headers) {
    Faults faults = new Faults();
    Map<String, String> types = new HashMap<>();
    faults.note(() -> types.putAll(typesIn(headers)));
    boolean foreign = true;
    for (Header header : headers) {
      if (header.value() == null) {
        continue;
      }
      if (header.key().startsWith(KafkaHeaders.PREFIX)) {
        faults.note(() -> readField(builder, header));
        foreign = false;
      } else if (isPropertyName(header.key())) {
        Object untyped = PropertyCodec.decodeUntyped(header.value());
        builder.property(header.key(), untyped);
        String type = types.get(header.key());
        if (type != null) {
          faults.note(
              () ->
                  builder.property(
                      header.key(), PropertyCodec.decode(header.key(), type, header.value())));
        }
      }
    }
    if (foreign) {
      builder.contentType(foreignContentType(headers));
    }
    return faults.first;
  }

  /** The first of the faults of a record. */
  private static final class Faults {

    private @Nullable InvalidMessageException first;

    void note(Runnable reading) {
      try {
        reading.run();
      } catch (InvalidMessageException e) {
        first = first == null ? e : first;
      } catch (MessagingException | IllegalArgumentException | DateTimeException e) {
        String fault = "A header is malformed: " + e.getMessage();
        first = first == null ? new InvalidMessageException(fault, e) : first;
      }
    }
  }

  /** Whether a header can be a property; one that cannot stays in the record alone. */
  private static boolean isPropertyName(String name) {
    return !name.isEmpty()
        && (name.length() <= MAX_NAME_BYTES / 3
            || PropertyCodec.utf8(name).length <= MAX_NAME_BYTES);
  }

  private static @Nullable String foreignContentType(Headers headers) {
    Header named = headers.lastHeader(KafkaHeaders.FOREIGN_CONTENT_TYPE);
    return named == null || named.value() == null ? null : PropertyCodec.textOrNull(named.value());
  }

  private static Map<String, String> typesIn(Headers headers) {
    Header index = headers.lastHeader(KafkaHeaders.TYPES);
    return index == null || index.value() == null
        ? Map.of()
        : PropertyCodec.parseIndex(PropertyCodec.text(KafkaHeaders.TYPES, index.value()));
  }

  /** Reads a header of this library's own; those that are no field of a message are passed over. */
  private static void readField(Message.Builder builder, Header header) {
    if (header.key().startsWith(KafkaHeaders.ORIGINAL)) {
      return;
    }
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
