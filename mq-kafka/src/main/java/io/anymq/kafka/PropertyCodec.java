package io.anymq.kafka;

import io.anymq.InvalidMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of properties as header values, and the index of their types. */
final class PropertyCodec {

  private PropertyCodec() {}

  /** The value as text in UTF-8, or as the bytes that it is. */
  static byte[] encode(Object value) {
    return value instanceof byte[] bytes ? bytes : utf8(value.toString());
  }

  /** The name of a value's type in the index; null for a string, which is not in it. */
  static @Nullable String typeOf(Object value) {
    if (value instanceof String) {
      return null;
    }
    return value instanceof byte[]
        ? "bytes"
        : value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** Adds an entry to the index. */
  static void index(StringBuilder index, String name, String type) {
    if (!index.isEmpty()) {
      index.append(',');
    }
    index.append(name.replace("%", "%25").replace("=", "%3D").replace(",", "%2C"));
    index.append('=').append(type);
  }

  /** Reads an index. */
  static Map<String, String> parseIndex(String index) {
    Map<String, String> types = new LinkedHashMap<>();
    for (String entry : index.split(",", -1)) {
      int equals = entry.indexOf('=');
      if (equals < 1) {
        throw new InvalidMessageException(
            "Header %s holds '%s', which is not name=type".formatted(KafkaHeaders.TYPES, entry));
      }
      String name =
          entry.substring(0, equals).replace("%2C", ",").replace("%3D", "=").replace("%25", "%");
      types.put(name, entry.substring(equals + 1));
    }
    return types;
  }

  /** Reads a value of a type from the index. */
  static Object decode(String name, String type, byte[] value) {
    if (type.equals("bytes")) {
      return value;
    }
    String text = text(name, value);
    try {
      return switch (type) {
        case "boolean" -> parseBoolean(text);
        case "byte" -> Byte.valueOf(text);
        case "short" -> Short.valueOf(text);
        case "integer" -> Integer.valueOf(text);
        case "long" -> Long.valueOf(text);
        case "float" -> Float.valueOf(text);
        case "double" -> Double.valueOf(text);
        default ->
            throw new InvalidMessageException(
                "Header %s gives property '%s' the unknown type '%s'"
                    .formatted(KafkaHeaders.TYPES, name, type));
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException(
          "Header '%s' holds '%s', which is not of its type %s".formatted(name, text, type), e);
    }
  }

  /** A value of which no type is known: a string when it is text, else bytes. */
  static Object decodeUntyped(byte[] value) {
    String text = textOrNull(value);
    return text == null ? value : text;
  }

  /** Text that must be UTF-8. */
  static String text(String name, byte[] value) {
    String text = textOrNull(value);
    if (text == null) {
      throw new InvalidMessageException("Header '" + name + "' is not text in UTF-8");
    }
    return text;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text, or null when the bytes are not UTF-8. */
  static @Nullable String textOrNull(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8);
    // Only where the lenient decoder has put its replacement character can the bytes be malformed.
    return text.indexOf('\uFFFD') < 0 || isUtf8(value) ? text : null;
  }

  private static boolean isUtf8(byte[] value) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static Boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }
}
