package io.anymq.selector;

/**
 * An expression, and what can be said of it before there is a message.
 *
 * @param expression the expression
 * @param kind what it gives
 * @param isName whether it is the name of a property or a field alone
 */
record Operand(Expression expression, Kind kind, boolean isName) {

  /** What an expression gives. Of a property it is not known. */
  enum Kind {
    TEXT,
    NUMBER,
    BOOLEAN,
    UNKNOWN;

    boolean canBe(Kind other) {
      return this == other || this == UNKNOWN;
    }

    boolean canMeet(Kind other) {
      return this == other || this == UNKNOWN || other == UNKNOWN;
    }
  }

  static Operand of(Kind kind, Expression expression) {
    return new Operand(expression, kind, false);
  }

  static Operand condition(Expression expression) {
    return of(Kind.BOOLEAN, expression);
  }
}
