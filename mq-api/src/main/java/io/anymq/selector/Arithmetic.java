package io.anymq.selector;

import org.jspecify.annotations.Nullable;

/** Calculation with two numbers, as Java does it. What is no number makes the result unknown. */
enum Arithmetic {
  PLUS("+"),
  MINUS("-"),
  TIMES("*"),
  DIVIDED_BY("/");

  private final String sign;

  Arithmetic(String sign) {
    this.sign = sign;
  }

  boolean is(Token token) {
    return token.is(sign);
  }

  Expression of(Expression left, Expression right) {
    return message -> {
      Object first = left.of(message);
      Object second = right.of(message);
      if (first instanceof Long a && second instanceof Long b) {
        return calculate(a, b);
      }
      return first instanceof Number a && second instanceof Number b
          ? (Object) calculate(a.doubleValue(), b.doubleValue())
          : null;
    };
  }

  private @Nullable Object calculate(long first, long second) {
    return switch (this) {
      case PLUS -> first + second;
      case MINUS -> first - second;
      case TIMES -> first * second;
      case DIVIDED_BY -> second == 0 ? null : (Object) (first / second);
    };
  }

  private double calculate(double first, double second) {
    return switch (this) {
      case PLUS -> first + second;
      case MINUS -> first - second;
      case TIMES -> first * second;
      case DIVIDED_BY -> first / second;
    };
  }

  static Expression negated(Expression number) {
    return message -> {
      Object value = number.of(message);
      if (value instanceof Long whole) {
        return -whole;
      }
      return value instanceof Double real ? (Object) (-real) : null;
    };
  }
}
