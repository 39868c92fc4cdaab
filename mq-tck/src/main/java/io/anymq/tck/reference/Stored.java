package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.Message;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A record in a queue. Guarded by the broker's lock. */
final class Stored {

  final long position;
  final Destination destination;
  final MemoryRecord record;
  final boolean persistent;
  final int priority;
  final Duration delay;
  final @Nullable String key;
  final Instant storedAt;
  final boolean repeated;

  /** How often a consumer has taken it. */
  int deliveries;

  /** How often an application has been given it. */
  int seen;

  /** How many of these are noted: a first one only when the message goes back in order. */
  int handOuts;

  private MemoryMapper.@Nullable Decoded decoded;

  Stored(long position, Destination destination, MemoryRecord record) {
    this(position, destination, record, Instant.now());
  }

  private Stored(long position, Destination destination, MemoryRecord record, Instant storedAt) {
    this.storedAt = storedAt;
    this.position = position;
    this.destination = destination;
    this.record = record;
    this.persistent = !Boolean.FALSE.equals(record.headers().get("x-anymq-persistent"));
    this.priority =
        record.headers().get("x-anymq-priority") instanceof Integer stated
            ? stated
            : Message.DEFAULT_PRIORITY;
    this.repeated = Boolean.TRUE.equals(record.headers().get(MemoryMapper.REPEATED));
    this.key = record.headers().get("x-anymq-key") instanceof String stated ? stated : null;
    this.delay =
        record.headers().get("x-anymq-delivery-delay") instanceof Long millis
            ? Duration.ofMillis(millis)
            : Duration.ZERO;
  }

  /** The message in it, read when it is first asked for. */
  MemoryMapper.Decoded decoded() {
    MemoryMapper.Decoded before = decoded;
    MemoryMapper.Decoded now = before == null ? MemoryMapper.decode(record) : before;
    decoded = now;
    return now;
  }

  /** The same message for another subscription, never delivered yet. */
  Stored copy() {
    return new Stored(position, destination, record, storedAt);
  }
}
