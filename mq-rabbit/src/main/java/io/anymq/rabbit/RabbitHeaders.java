package io.anymq.rabbit;

import com.rabbitmq.client.LongString;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.math.BigDecimal;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Application properties to AMQP headers and back; no I/O.
 *
 * <p>A property is a header of its name and type. Two kinds cannot be: names that the broker gives
 * a meaning, and numbers that are not finite, for which the broker closes the connection. They
 * travel in tables of their own.
 */
final class RabbitHeaders {

  /** Begins the headers in which this adapter carries metadata. */
  static final String PREFIX = "x-anymq-";

  /** Holds the properties whose names the broker gives a meaning. */
  private static final String RESERVED = PREFIX + "reserved";

  /** Holds the bits of floats and doubles that are not finite: an Integer or a Long. */
  private static final String NOT_FINITE = PREFIX + "not-finite";

  /** Headers that the broker adds or obeys, as of 3.10 to 4.3. */
  private static final Set<String> BROKERS_OWN =
      Set.of(
          "CC",
          "BCC",
          "x-death",
          "x-first-death-queue",
          "x-first-death-reason",
          "x-first-death-exchange",
          "x-last-death-queue",
          "x-last-death-reason",
          "x-last-death-exchange",
          "x-delivery-count",
          "x-acquired-count",
          "x-received-from",
          "x-stream-offset",
          "x-delay");

  private RabbitHeaders() {}

  /** Adds properties to headers. */
  static void encode(Map<String, Object> properties, Map<String, Object> headers) {
    for (Map.Entry<String, Object> property : properties.entrySet()) {
      String name = property.getKey();
      Object value = property.getValue();
      if (isNotFinite(value)) {
        table(headers, NOT_FINITE).put(name, bits(value));
      } else if (BROKERS_OWN.contains(name)) {
        table(headers, RESERVED).put(name, value);
      } else {
        headers.put(name, value);
      }
    }
  }

  /**
   * Sets properties from headers, metadata left out.
   *
   * @throws InvalidMessageException when a header has no portable type or name; the others are set
   *     all the same
   */
  static void decode(Map<String, Object> headers, Message.Builder message) {
    InvalidMessageException fault = null;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      try {
        decode(header.getKey(), header.getValue(), message);
      } catch (InvalidMessageException e) {
        fault = e;
      }
    }
    if (fault != null) {
      throw fault;
    }
  }

  private static void decode(String name, @Nullable Object value, Message.Builder message) {
    if (name.equals(RESERVED)) {
      entries(name, value).forEach((key, each) -> message.property(key, portable(key, each)));
    } else if (name.equals(NOT_FINITE)) {
      entries(name, value).forEach((key, bits) -> message.property(key, number(bits)));
    } else if (!name.startsWith(PREFIX) && !BROKERS_OWN.contains(name)) {
      message.property(name, portable(name, value));
    }
  }

  /** What a header's value is as a property; null for AMQP's void, which is no value. */
  private static @Nullable Object portable(String name, @Nullable Object value) {
    if (value instanceof LongString text) {
      return text.toString();
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof Date date) {
      return date.toInstant().toEpochMilli();
    }
    if (value instanceof Map || value instanceof Iterable) {
      throw new InvalidMessageException(
          "Header '%s' is a table or an array, for which there is no portable type"
              .formatted(name));
    }
    return value;
  }

  private static boolean isNotFinite(Object value) {
    return (value instanceof Double number && !Double.isFinite(number))
        || (value instanceof Float single && !Float.isFinite(single));
  }

  private static Object bits(Object value) {
    return value instanceof Float single
        ? (Object) Float.floatToRawIntBits(single)
        : (Object) Double.doubleToRawLongBits((Double) value);
  }

  private static Object number(Object bits) {
    if (bits instanceof Integer single) {
      return Float.intBitsToFloat(single);
    }
    if (bits instanceof Long number) {
      return Double.longBitsToDouble(number);
    }
    throw new InvalidMessageException("Header '" + NOT_FINITE + "' is malformed");
  }

  @SuppressWarnings("unchecked") // only encode() puts values under these names
  private static Map<String, Object> table(Map<String, Object> headers, String name) {
    return (Map<String, Object>) headers.computeIfAbsent(name, key -> new LinkedHashMap<>());
  }

  private static Map<String, Object> entries(String name, @Nullable Object table) {
    if (!(table instanceof Map<?, ?> entries)) {
      throw new InvalidMessageException("Header '" + name + "' is malformed");
    }
    Map<String, Object> typed = new LinkedHashMap<>();
    entries.forEach((key, value) -> typed.put(String.valueOf(key), value));
    return typed;
  }
}
