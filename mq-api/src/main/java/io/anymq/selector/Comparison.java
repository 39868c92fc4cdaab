package io.anymq.selector;

import org.jspecify.annotations.Nullable;

/** Comparisons of two values. What cannot be compared gives false. */
enum Comparison {
  EQUAL("="),
  NOT_EQUAL("<>"),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">=");

  private final String sign;

  Comparison(String sign) {
    this.sign = sign;
  }

  static @Nullable Comparison of(Token token) {
    for (Comparison each : values()) {
      if (token.is(each.sign)) {
        return each;
      }
    }
    return null;
  }

  /** Whether it asks for an order, which only numbers have. */
  boolean ordered() {
    return this != EQUAL && this != NOT_EQUAL;
  }

  Expression of(Expression left, Expression right) {
    return message -> {
      Object first = left.of(message);
      Object second = right.of(message);
      return first == null || second == null ? null : (Object) compare(first, second);
    };
  }

  private boolean compare(Object first, Object second) {
    if (first instanceof Number a && second instanceof Number b) {
      return compare(a, b);
    }
    boolean alike =
        (first instanceof String && second instanceof String)
            || (first instanceof Boolean && second instanceof Boolean);
    return alike && !ordered() && first.equals(second) == (this == EQUAL);
  }

  private boolean compare(Number first, Number second) {
    if (first instanceof Long a && second instanceof Long b) {
      return holds(Long.compare(a, b));
    }
    double a = first.doubleValue();
    double b = second.doubleValue();
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return this == NOT_EQUAL;
    }
    return holds(a < b ? -1 : a > b ? 1 : 0); // 0.0 and -0.0 are equal
  }

  private boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }
}
