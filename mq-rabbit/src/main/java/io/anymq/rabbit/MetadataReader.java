package io.anymq.rabbit;

import com.rabbitmq.client.LongString;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads our metadata from the headers of one message, which anybody may have written. What is
 * malformed counts as absent and is remembered as the fault, so that the rest is read all the same.
 */
final class MetadataReader {

  private final Map<String, Object> headers;
  private @Nullable InvalidMessageException fault;

  MetadataReader(Map<String, Object> headers) {
    this.headers = headers;
  }

  /** The first fault found, or null. */
  @Nullable InvalidMessageException fault() {
    return fault;
  }

  /** Remembers a fault, unless there was one. */
  void fault(InvalidMessageException found) {
    if (fault == null) {
      fault = found;
    }
  }

  /** A text, or what is in the native field instead. */
  @Nullable String text(String name, @Nullable String nativeField) {
    Object value = headers.get(name);
    if (value instanceof LongString text) {
      return text.toString();
    }
    requireAbsent(name, value);
    return nativeField;
  }

  /** A priority, or what the native field says; foreign ones can be higher than ours. */
  int priority(String name, @Nullable Integer nativeField) {
    Object value = headers.get(name);
    if (value instanceof Integer own && own >= 0 && own <= Message.MAX_PRIORITY) {
      return own;
    }
    requireAbsent(name, value);
    return nativeField == null
        ? Message.DEFAULT_PRIORITY
        : Math.min(nativeField, Message.MAX_PRIORITY);
  }

  /** A length of time of at least a millisecond, or null. */
  @Nullable Duration duration(String name) {
    Object value = headers.get(name);
    if (value instanceof Long millis && millis > 0) {
      return Duration.ofMillis(millis);
    }
    requireAbsent(name, value);
    return null;
  }

  /** A moment, or null. */
  @Nullable Instant instant(String name) {
    Object value = headers.get(name);
    if (value instanceof Long millis) {
      return Instant.ofEpochMilli(millis);
    }
    requireAbsent(name, value);
    return null;
  }

  private void requireAbsent(String name, @Nullable Object value) {
    if (value != null) {
      fault(new InvalidMessageException("Header '" + name + "' is malformed"));
    }
  }
}
