package io.anymq.rabbit;

import com.rabbitmq.client.LongString;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.math.BigDecimal;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Application properties to AMQP headers and back; no I/O.
 *
 * <p>A property is a header of its name and type. Two kinds cannot be: names that the broker gives
 * a meaning, and numbers that are not finite, for which the broker closes the connection. They
 * travel in headers whose names begin otherwise: not in tables, which streams of 3.10 lose.
 */
final class RabbitHeaders {

  /** Begins the headers in which this adapter carries metadata. */
  static final String PREFIX = "x-anymq-";

  /** Before the names of properties that the broker gives a meaning. */
  private static final String RESERVED = PREFIX + "reserved-";

  /**
   * Before the number of a float or a double that is not finite. Its text is the kind, the bits and
   * the name, which may be as long as a header's: {@code f7fc00000:name}.
   */
  private static final String NOT_FINITE = PREFIX + "nan-";

  private static final Pattern NOT_FINITE_TEXT =
      Pattern.compile("([fd])([0-9a-f]{1,16}):(.+)", Pattern.DOTALL);

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

  /** What the broker, or this adapter, writes down of one stay in a queue, and of the way there. */
  private static final Set<String> OF_THE_WAY =
      Set.of(
          "x-delivery-count",
          "x-acquired-count",
          "x-stream-offset",
          RabbitMapper.SEQUENCE,
          RabbitDelays.KIND,
          RabbitDelays.EXCHANGE,
          DeliveryHistory.REPEATED,
          DeliveryHistory.DELIVERED,
          DeliveryHistory.HANDED_OUT);

  private RabbitHeaders() {}

  /** Whether a header is of a message's way, and not for its copy. */
  static boolean isOfTheWay(String name) {
    return OF_THE_WAY.contains(name) || name.startsWith(DelayPath.HEADER);
  }

  /** Adds properties to headers. */
  static void encode(Map<String, Object> properties, Map<String, Object> headers) {
    for (Map.Entry<String, Object> property : properties.entrySet()) {
      String name = property.getKey();
      Object value = property.getValue();
      if (isNotFinite(value)) {
        headers.put(NOT_FINITE + headers.size(), bits(value) + ":" + name);
      } else if (BROKERS_OWN.contains(name)) {
        headers.put(RESERVED + name, value);
      } else {
        headers.put(name, value);
      }
    }
  }

  /**
   * Sets properties from headers, metadata left out.
   *
   * @throws InvalidMessageException when a header has no portable name, or is malformed; the others
   *     are set all the same
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

  /** No property has an empty name, so that such a header is left out. */
  private static void decode(String name, @Nullable Object value, Message.Builder message) {
    if (name.isEmpty()) {
      return;
    }
    if (name.startsWith(RESERVED)) {
      message.property(name.substring(RESERVED.length()), portable(value));
    } else if (name.startsWith(NOT_FINITE)) {
      notFinite(name, String.valueOf(value), message);
    } else if (!name.startsWith(PREFIX) && !BROKERS_OWN.contains(name)) {
      message.property(name, portable(value));
    }
  }

  /**
   * What a header's value is as a property: JSON text for a table or an array; null for AMQP's
   * void, which is no value.
   */
  private static @Nullable Object portable(@Nullable Object value) {
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
      return HeaderText.of(value);
    }
    return value;
  }

  private static boolean isNotFinite(Object value) {
    return (value instanceof Double number && !Double.isFinite(number))
        || (value instanceof Float single && !Float.isFinite(single));
  }

  private static String bits(Object value) {
    return value instanceof Float single
        ? "f" + Integer.toHexString(Float.floatToRawIntBits(single))
        : "d" + Long.toHexString(Double.doubleToRawLongBits((Double) value));
  }

  private static void notFinite(String header, String text, Message.Builder message) {
    Matcher parts = NOT_FINITE_TEXT.matcher(text);
    if (!parts.matches()) {
      throw new InvalidMessageException("Header '" + header + "' is malformed");
    }
    long bits = Long.parseUnsignedLong(parts.group(2), 16);
    Object value =
        parts.group(1).equals("f")
            ? (Object) Float.intBitsToFloat((int) bits)
            : (Object) Double.longBitsToDouble(bits);
    message.property(parts.group(3), value);
  }
}
