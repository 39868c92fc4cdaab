package io.anymq.tck.guide;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Message to letter and back; no I/O. Properties keep their names, fields have a prefix. */
final class PostMapper {

  static final String CORRELATION_ID = "x-anymq-correlation-id";

  private static final String PREFIX = "x-anymq-";

  /** What a letter says: what there is of the message, and why the rest could not be read. */
  record Read(Message message, Optional<InvalidMessageException> fault) {}

  private PostMapper() {}

  static Letter toLetter(Message message) {
    Map<String, Object> headers = new LinkedHashMap<>(message.properties());
    put(headers, "id", message.id());
    put(headers, "correlation-id", message.correlationId());
    put(headers, "content-type", message.contentType());
    put(headers, "reply-to", message.replyTo().map(Destination::toString));
    put(headers, "type", message.type());
    put(headers, "key", message.key());
    put(headers, "time-to-live", message.timeToLive().map(Duration::toMillis));
    put(headers, "expires-at", message.expiresAt().map(Instant::toEpochMilli));
    put(headers, "timestamp", message.timestamp().map(Instant::toEpochMilli));
    put(headers, "priority", Optional.of(message.priority()));
    put(headers, "persistent", Optional.of(message.persistent()));
    return new Letter(headers, message.body());
  }

  private static void put(Map<String, Object> headers, String field, Optional<?> value) {
    value.ifPresent(present -> headers.put(PREFIX + field, present));
  }

  static Read toMessage(Letter letter) {
    Message.Builder builder = Message.builder().body(letter.body());
    InvalidMessageException fault = null;
    for (Map.Entry<String, Object> header : letter.headers().entrySet()) {
      try {
        set(builder, header.getKey(), header.getValue());
      } catch (RuntimeException e) { // whatever a foreign program wrote, it kills no consumer
        fault = new InvalidMessageException("Header '" + header.getKey() + "' is malformed", e);
      }
    }
    return new Read(builder.build(), Optional.ofNullable(fault));
  }

  private static void set(Message.Builder builder, String name, Object value) {
    if (!name.startsWith(PREFIX)) {
      builder.property(name, value);
      return;
    }
    switch (name.substring(PREFIX.length())) {
      case "id" -> builder.id((String) value);
      case "correlation-id" -> builder.correlationId((String) value);
      case "content-type" -> builder.contentType((String) value);
      case "reply-to" -> builder.replyTo(destination((String) value));
      case "type" -> builder.type((String) value);
      case "key" -> builder.key((String) value);
      case "time-to-live" -> builder.timeToLive(Duration.ofMillis((Long) value));
      case "expires-at" -> builder.expiresAt(Instant.ofEpochMilli((Long) value));
      case "timestamp" -> builder.timestamp(Instant.ofEpochMilli((Long) value));
      case "priority" -> builder.priority((Integer) value);
      case "persistent" -> builder.persistent((Boolean) value);
      default -> throw new InvalidMessageException("Header '" + name + "' is unknown");
    }
  }

  private static Destination destination(String text) {
    String name = text.substring(text.indexOf(':') + 1);
    return text.startsWith("queue:") ? Queue.of(name) : Topic.of(name);
  }
}
