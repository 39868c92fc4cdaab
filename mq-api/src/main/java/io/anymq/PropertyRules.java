package io.anymq;

import java.time.Duration;

/** What a message's fields may hold. */
final class PropertyRules {

  /** Begins the native headers in which adapters carry metadata; properties keep away from it. */
  private static final String RESERVED_PREFIX = "x-anymq-";

  /** The shortest limit among the backends: an AMQP 0-9-1 short string holds 255 bytes. */
  private static final int MAX_NAME_BYTES = 255;

  private PropertyRules() {}

  static void requireName(String name) {
    boolean tooLong =
        name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_NAME_BYTES;
    if (name.isEmpty() || tooLong || name.startsWith(RESERVED_PREFIX)) {
      throw new InvalidMessageException(
          "'%s' is not a property name: use 1 to %d bytes of UTF-8 that do not begin with %s"
              .formatted(name, MAX_NAME_BYTES, RESERVED_PREFIX));
    }
  }

  static Object requireValue(String name, Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    if (value instanceof String
        || value instanceof Boolean
        || value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Float
        || value instanceof Double) {
      return value;
    }
    throw new InvalidMessageException(
        "Property '%s' has a value of type %s; use String, Boolean, Byte, Short, Integer, Long, Float, Double or byte[]"
            .formatted(name, value.getClass().getName()));
  }

  static Duration requireMillis(Duration duration, String what) {
    if (duration.toMillis() < 1) {
      throw new InvalidMessageException("The " + what + " must be at least one millisecond");
    }
    return Duration.ofMillis(duration.toMillis());
  }
}
