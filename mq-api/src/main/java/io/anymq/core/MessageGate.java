package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a message must be before it is sent: within the size limit, and asking for nothing that
 * would be ignored.
 */
final class MessageGate {

  private final int maxBytes;
  private final String idPrefix = UUID.randomUUID() + "-";
  private final AtomicLong ids = new AtomicLong();

  MessageGate(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Checks a message, and gives it an id and a timestamp where it has none. */
  Message admit(Message message, Capabilities capabilities) {
    if (message.priority() != Message.DEFAULT_PRIORITY) {
      capabilities.require(Capability.PRIORITY);
    }
    if (message.timeToLive().isPresent() || message.expiresAt().isPresent()) {
      capabilities.require(Capability.TIME_TO_LIVE);
    }
    if (message.deliveryDelay().isPresent()) {
      capabilities.require(Capability.DELIVERY_DELAY);
    }
    long bytes = size(message);
    if (bytes > maxBytes) {
      throw new MessageTooLargeException(
          "The message has %,d bytes of body and properties, and this connection allows %,d: send less, or raise max-message-bytes if the broker allows it"
              .formatted(bytes, maxBytes));
    }
    return stamp(message);
  }

  /** Gives a message what it needs on its way: an id, a timestamp, and its moment of expiry. */
  Message stamp(Message message) {
    Optional<Duration> timeToLive = message.timeToLive();
    if (message.id().isPresent() && message.timestamp().isPresent() && timeToLive.isEmpty()) {
      return message;
    }
    Message.Builder stamped = message.toBuilder();
    if (message.id().isEmpty()) {
      stamped.id(idPrefix + ids.incrementAndGet());
    }
    if (message.timestamp().isEmpty()) {
      stamped.timestamp(Waits.now());
    }
    timeToLive.ifPresent(life -> stamped.expiresAt(expiry(life)));
    return stamped.build();
  }

  /** A life of millions of years must not end before it began. */
  private static Instant expiry(Duration life) {
    long now = Waits.now().toEpochMilli();
    return Instant.ofEpochMilli(now + Math.min(life.toMillis(), Long.MAX_VALUE - now));
  }

  private static long size(Message message) {
    long bytes = message.bodyLength();
    for (Map.Entry<String, Object> property : message.properties().entrySet()) {
      bytes += utf8Length(property.getKey()) + size(property.getValue());
    }
    return bytes;
  }

  private static long size(Object value) {
    if (value instanceof String text) {
      return utf8Length(text);
    }
    return value instanceof byte[] bytes ? bytes.length : Long.BYTES;
  }

  private static long utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
