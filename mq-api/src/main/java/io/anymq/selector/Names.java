package io.anymq.selector;

import io.anymq.Message;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names in a selector stand for. */
final class Names {

  /** Words of the language, which no property can be called by. */
  static final Set<String> RESERVED =
      Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

  private static final Map<String, Operand> FIELDS =
      Map.of(
          "JMSMessageID", text(message -> message.id().orElse(null)),
          "JMSCorrelationID", text(message -> message.correlationId().orElse(null)),
          "JMSType", text(message -> message.type().orElse(null)),
          "JMSXGroupID", text(message -> message.key().orElse(null)),
          "JMSDeliveryMode",
              text(message -> message.persistent() ? "PERSISTENT" : "NON_PERSISTENT"),
          "JMSPriority", number(message -> (long) message.priority()),
          "JMSTimestamp",
              number(message -> message.timestamp().map(Instant::toEpochMilli).orElse(null)));

  private Names() {}

  private static Operand text(Expression field) {
    return new Operand(field, Operand.Kind.TEXT, true);
  }

  private static Operand number(Expression field) {
    return new Operand(field, Operand.Kind.NUMBER, true);
  }

  /** What a name stands for, or null when it is one of those that selectors must not use. */
  static @Nullable Operand resolve(String name) {
    Operand field = FIELDS.get(name);
    if (field != null) {
      return field;
    }
    boolean application =
        !name.startsWith("JMS") || name.startsWith("JMSX") || name.startsWith("JMS_");
    return application
        ? new Operand(message -> property(message, name), Operand.Kind.UNKNOWN, true)
        : null;
  }

  private static @Nullable Object property(Message message, String name) {
    Object value = message.properties().get(name);
    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    return value instanceof Float number ? (Object) number.doubleValue() : value;
  }
}
