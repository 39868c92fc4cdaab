package io.anymq.rabbit;

import com.rabbitmq.client.LongString;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON text that stands for a header which is a table or an array; no I/O. A table is an
 * object, an array is an array, each in the order in which it came, without white space. Texts,
 * numbers and truth values are themselves; a timestamp is its milliseconds since 1970; bytes are
 * base64 text; a number that is not finite is its name as a text; AMQP's void is {@code null}.
 */
final class HeaderText {

  private static final char FIRST_PRINTABLE = ' ';

  private final StringBuilder text = new StringBuilder();

  private HeaderText() {}

  /** The text of a table or an array. */
  static String of(Object nested) {
    HeaderText written = new HeaderText();
    written.value(nested);
    return written.text.toString();
  }

  private void value(@Nullable Object value) {
    if (value instanceof Map<?, ?> table) {
      table(table);
    } else if (value instanceof Iterable<?> array) {
      array(array);
    } else {
      scalar(value);
    }
  }

  private void table(Map<?, ?> table) {
    char before = '{';
    for (Map.Entry<?, ?> entry : table.entrySet()) {
      text.append(before);
      quote(String.valueOf(entry.getKey()));
      text.append(':');
      value(entry.getValue());
      before = ',';
    }
    text.append(table.isEmpty() ? "{}" : "}");
  }

  private void array(Iterable<?> array) {
    text.append('[');
    for (Iterator<?> each = array.iterator(); each.hasNext(); ) {
      value(each.next());
      text.append(each.hasNext() ? "," : "");
    }
    text.append(']');
  }

  private void scalar(@Nullable Object value) {
    if (value instanceof LongString || value instanceof String || isNotFinite(value)) {
      quote(String.valueOf(value));
    } else if (value instanceof BigDecimal decimal) {
      text.append(decimal.toPlainString());
    } else if (value instanceof Date date) {
      text.append(date.toInstant().toEpochMilli());
    } else if (value instanceof byte[] bytes) {
      quote(Base64.getEncoder().encodeToString(bytes));
    } else {
      text.append(value);
    }
  }

  private static boolean isNotFinite(@Nullable Object value) {
    return (value instanceof Double || value instanceof Float)
        && !Double.isFinite(((Number) value).doubleValue());
  }

  private void quote(String raw) {
    text.append('"');
    for (int i = 0; i < raw.length(); i++) {
      char each = raw.charAt(i);
      if (each == '"' || each == '\\') {
        text.append('\\').append(each);
      } else if (each < FIRST_PRINTABLE) {
        text.append("\\u%04x".formatted((int) each));
      } else {
        text.append(each);
      }
    }
    text.append('"');
  }
}
