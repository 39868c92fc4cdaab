package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.OutboundMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Message to record and back; no I/O. Fields travel under {@code x-anymq-}, properties as is. */
final class MemoryMapper {

  /** Says that the message may be here twice. */
  static final String REPEATED = "x-anymq-repeated";

  private static final String PREFIX = "x-anymq-";

  /** Before the name of a header that a dead letter has kept as it was. */
  private static final String ORIGINAL = "x-anymq-original.";

  /**
   * A record read.
   *
   * @param message what there is of it
   * @param fault why it could not be read, or null
   */
  record Decoded(Message message, @Nullable InvalidMessageException fault) {}

  private MemoryMapper() {}

  /**
   * A message on its way. A dead letter keeps what its message cannot carry: headers that could not
   * be read, under names with a prefix, for native clients.
   */
  static MemoryRecord encode(OutboundMessage outbound) {
    MemoryRecord plain = encode(outbound.message());
    Map<String, Object> headers = new LinkedHashMap<>(plain.headers());
    if (outbound.repeated()) {
      headers.put(REPEATED, true);
    }
    outbound
        .origin()
        .flatMap(MemoryConsumer::recordOf)
        .ifPresent(original -> keepUnreadable(original.headers(), headers));
    return new MemoryRecord(headers, plain.body());
  }

  private static void keepUnreadable(Map<String, Object> original, Map<String, Object> headers) {
    original.forEach(
        (name, value) -> {
          if (name.startsWith(ORIGINAL)) {
            headers.put(name, value);
          } else if (set(Message.builder(), name, value).isPresent()) {
            headers.put(ORIGINAL + name, value);
          }
        });
  }

  static MemoryRecord encode(Message message) {
    Map<String, Object> headers = new LinkedHashMap<>(message.properties());
    put(headers, "content-type", message.contentType());
    put(headers, "id", message.id());
    put(headers, "correlation-id", message.correlationId());
    put(headers, "reply-to", message.replyTo().map(Destination::toString));
    put(headers, "type", message.type());
    put(headers, "key", message.key());
    put(headers, "time-to-live", message.timeToLive().map(Duration::toMillis));
    put(headers, "expires-at", message.expiresAt().map(Instant::toEpochMilli));
    put(headers, "delivery-delay", message.deliveryDelay().map(Duration::toMillis));
    put(headers, "timestamp", message.timestamp().map(Instant::toEpochMilli));
    headers.put(PREFIX + "priority", message.priority());
    headers.put(PREFIX + "persistent", message.persistent());
    return new MemoryRecord(headers, message.body());
  }

  static Decoded decode(MemoryRecord record) {
    Message.Builder builder = Message.builder().body(record.body());
    InvalidMessageException fault = null;
    for (Map.Entry<String, Object> header : record.headers().entrySet()) {
      fault = set(builder, header.getKey(), header.getValue()).orElse(fault);
    }
    return new Decoded(builder.build(), fault);
  }

  /** Sets what a header says; returns why that cannot be done, if so. */
  private static Optional<InvalidMessageException> set(
      Message.Builder builder, String name, Object value) {
    try {
      read(builder, name, value);
      return Optional.empty();
    } catch (InvalidMessageException e) {
      return Optional.of(e);
    } catch (ClassCastException | MessagingException e) {
      return Optional.of(new InvalidMessageException("Header '" + name + "' is malformed", e));
    }
  }

  private static void read(Message.Builder builder, String name, Object value) {
    if (name.startsWith(ORIGINAL) || name.equals(REPEATED)) {
      return;
    }
    if (!name.startsWith(PREFIX)) {
      builder.property(name, value);
      return;
    }
    switch (name.substring(PREFIX.length())) {
      case "content-type" -> builder.contentType((String) value);
      case "id" -> builder.id((String) value);
      case "correlation-id" -> builder.correlationId((String) value);
      case "reply-to" -> builder.replyTo(destination((String) value));
      case "type" -> builder.type((String) value);
      case "key" -> builder.key((String) value);
      case "time-to-live" -> builder.timeToLive(Duration.ofMillis((Long) value));
      case "expires-at" -> builder.expiresAt(Instant.ofEpochMilli((Long) value));
      case "delivery-delay" -> builder.deliveryDelay(Duration.ofMillis((Long) value));
      case "timestamp" -> builder.timestamp(Instant.ofEpochMilli((Long) value));
      case "priority" -> builder.priority((Integer) value);
      case "persistent" -> builder.persistent((Boolean) value);
      default -> throw new InvalidMessageException("Header '" + name + "' is unknown");
    }
  }

  private static Destination destination(String text) {
    if (text.startsWith("queue:")) {
      return Queue.of(text.substring("queue:".length()));
    }
    if (text.startsWith("topic:")) {
      return Topic.of(text.substring("topic:".length()));
    }
    throw new InvalidMessageException("'" + text + "' is not a destination");
  }

  private static void put(Map<String, Object> headers, String name, Optional<?> value) {
    value.ifPresent(present -> headers.put(PREFIX + name, present));
  }
}
