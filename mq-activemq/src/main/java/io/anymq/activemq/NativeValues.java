package io.anymq.activemq;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.InflaterInputStream;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQStreamMessage;
import org.apache.activemq.util.ByteSequence;
import org.apache.activemq.util.MarshallingSupport;
import org.fusesource.hawtbuf.UTF8Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Native values that have structure, as JSON: a map becomes an object with its names in order, a
 * list and a stream become an array, bytes become Base64 text, and a character, NaN and the
 * infinities become text.
 */
final class NativeValues {

  /** Stands for a null in a map that takes none. */
  private static final Object NULL = new Object();

  private NativeValues() {}

  /** The body of a map message; an empty one has no content. */
  static String json(ActiveMQMapMessage message) throws IOException {
    ByteSequence content = message.getContent();
    if (content == null) {
      return "{}";
    }
    InputStream bytes = new ByteArrayInputStream(content.data, content.offset, content.length);
    InputStream plain = message.isCompressed() ? new InflaterInputStream(bytes) : bytes;
    try (DataInputStream in = new DataInputStream(plain)) {
      return json(MarshallingSupport.unmarshalPrimitiveMap(in));
    }
  }

  /** The body of a stream message. */
  static String json(ActiveMQStreamMessage message) throws JMSException {
    ActiveMQStreamMessage copy = (ActiveMQStreamMessage) message.copy();
    copy.setReadOnlyBody(true);
    copy.reset();
    List<Object> values = new ArrayList<>();
    try {
      while (true) {
        values.add(copy.readObject());
      }
    } catch (MessageEOFException e) {
      return json(values); // the end is told by an exception only
    }
  }

  /** Whether a property's value has structure. */
  static boolean isStructured(@Nullable Object value) {
    return value instanceof Map || value instanceof List;
  }

  /** A value as JSON. */
  static String json(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((name, each) -> sorted.put(text(name), each == null ? NULL : each));
      return sorted.entrySet().stream()
          .map(each -> quoted(each.getKey()) + ":" + json(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(NativeValues::json).collect(Collectors.joining(",", "[", "]"));
    }
    return scalar(value);
  }

  private static String scalar(@Nullable Object value) {
    if (value == null || value == NULL) {
      return "null";
    }
    if (value instanceof Boolean || (value instanceof Number number && isFinite(number))) {
      return value.toString();
    }
    return value instanceof byte[] bytes
        ? quoted(Base64.getEncoder().encodeToString(bytes))
        : quoted(text(value));
  }

  private static boolean isFinite(Number number) {
    return !(number instanceof Float || number instanceof Double)
        || Double.isFinite(number.doubleValue());
  }

  private static String text(Object value) {
    return value instanceof UTF8Buffer buffer ? NativeText.of(buffer) : value.toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars().forEach(c -> append(quoted, (char) c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder to, char c) {
    if (c == '"' || c == '\\') {
      to.append('\\').append(c);
    } else if (c < ' ' || Character.isSurrogate(c)) {
      to.append(String.format("\\u%04x", (int) c));
    } else {
      to.append(c);
    }
  }

  /** A value as the native client can write it again: texts as texts, whatever is in them. */
  static @Nullable Object writable(@Nullable Object value) {
    if (value instanceof UTF8Buffer text) {
      return NativeText.of(text);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new java.util.HashMap<>();
      map.forEach((name, each) -> copy.put(text(name), writable(each)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(each -> copy.add(writable(each)));
      return copy;
    }
    return value;
  }
}
