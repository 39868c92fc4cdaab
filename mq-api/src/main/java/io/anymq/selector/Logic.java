package io.anymq.selector;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Conditions of conditions, and of values; null is unknown (specification, 3.8.1.2). */
final class Logic {

  private Logic() {}

  static Expression or(List<Expression> parts) {
    return message -> {
      boolean unknown = false;
      for (Expression part : parts) {
        Object value = part.of(message);
        if (Boolean.TRUE.equals(value)) {
          return true;
        }
        unknown |= isUnknown(value);
      }
      return unknown ? null : (Object) false;
    };
  }

  static Expression and(List<Expression> parts) {
    return message -> {
      boolean unknown = false;
      for (Expression part : parts) {
        Object value = part.of(message);
        if (Boolean.FALSE.equals(value)) {
          return false;
        }
        unknown |= isUnknown(value);
      }
      return unknown ? null : (Object) true;
    };
  }

  static Expression not(Expression part) {
    return message -> {
      Object value = part.of(message);
      return isUnknown(value) ? null : (Object) Boolean.FALSE.equals(value);
    };
  }

  /** A property that is there and is no boolean is as unknown as one that is not there. */
  private static boolean isUnknown(@Nullable Object value) {
    return !(value instanceof Boolean);
  }

  static Expression isNull(Expression name) {
    return message -> name.of(message) == null;
  }

  static Expression in(Expression name, Set<String> texts) {
    return message -> {
      Object value = name.of(message);
      return value == null ? null : (Object) (value instanceof String && texts.contains(value));
    };
  }

  static Expression like(Expression name, Wildcards pattern) {
    return message -> {
      Object value = name.of(message);
      return value == null
          ? null
          : (Object) (value instanceof String text && pattern.matches(text));
    };
  }
}
