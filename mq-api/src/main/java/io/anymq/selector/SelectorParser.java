package io.anymq.selector;

import io.anymq.InvalidSelectorException;
import io.anymq.selector.Operand.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Reads a selector from left to right, one method for each rule of the grammar. For one use. */
final class SelectorParser {

  /** Deep enough for every selector that somebody writes, and far from the end of the stack. */
  private static final int MAX_DEPTH = 200;

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  SelectorParser(String text) {
    this.text = text;
    this.tokens = Lexer.cut(text);
  }

  Expression parse() {
    Expression condition = condition();
    if (next().kind() != Token.Kind.END) {
      throw wrong("AND, OR or the end", next());
    }
    return condition;
  }

  /** An expression that gives a truth value. */
  private Expression condition() {
    Token first = next();
    Operand whole = or();
    requireCondition(whole, first);
    return whole.expression();
  }

  private Operand or() {
    Token first = next();
    Operand part = and();
    if (!next().is("OR")) {
      return part;
    }
    List<Expression> parts = parts(part, first);
    while (takes("OR")) {
      Token begin = next();
      add(parts, and(), begin);
    }
    return Operand.condition(Logic.or(parts));
  }

  private Operand and() {
    Token first = next();
    Operand part = not();
    if (!next().is("AND")) {
      return part;
    }
    List<Expression> parts = parts(part, first);
    while (takes("AND")) {
      Token begin = next();
      add(parts, not(), begin);
    }
    return Operand.condition(Logic.and(parts));
  }

  private List<Expression> parts(Operand part, Token begin) {
    List<Expression> parts = new ArrayList<>();
    add(parts, part, begin);
    return parts;
  }

  private void add(List<Expression> parts, Operand part, Token begin) {
    requireCondition(part, begin);
    parts.add(part.expression());
  }

  private Operand not() {
    if (!takes("NOT")) {
      return predicate();
    }
    deeper();
    Token begin = next();
    Operand part = not();
    requireCondition(part, begin);
    depth--;
    return Operand.condition(Logic.not(part.expression()));
  }

  private Operand predicate() {
    Token begin = next();
    Operand left = sum();
    Comparison comparison = Comparison.of(next());
    if (comparison != null) {
      at++;
      return compared(comparison, left, begin);
    }
    if (takes("IS")) {
      return isNull(left, begin);
    }
    boolean negated = takes("NOT");
    if (takes("BETWEEN")) {
      return maybeNot(negated, between(left, begin));
    }
    if (takes("IN")) {
      return maybeNot(negated, in(left, begin));
    }
    if (takes("LIKE")) {
      return maybeNot(negated, like(left, begin));
    }
    if (negated) {
      throw wrong("BETWEEN, IN or LIKE", next());
    }
    return left;
  }

  private static Operand maybeNot(boolean negated, Expression condition) {
    return Operand.condition(negated ? Logic.not(condition) : condition);
  }

  private Operand compared(Comparison comparison, Operand left, Token begin) {
    Token second = next();
    Operand right = sum();
    if (comparison.ordered()) {
      requireNumber(left, begin);
      requireNumber(right, second);
    } else if (!left.kind().canMeet(right.kind())) {
      throw wrong("something that %s can equal".formatted(begin), second);
    }
    return Operand.condition(comparison.of(left.expression(), right.expression()));
  }

  private Operand isNull(Operand left, Token begin) {
    requireName(left, begin);
    boolean negated = takes("NOT");
    require("NULL");
    return maybeNot(negated, Logic.isNull(left.expression()));
  }

  private Expression between(Operand value, Token begin) {
    requireNumber(value, begin);
    Expression lowest = number();
    require("AND");
    Expression highest = number();
    return Logic.and(
        List.of(
            Comparison.GREATER_OR_EQUAL.of(value.expression(), lowest),
            Comparison.LESS_OR_EQUAL.of(value.expression(), highest)));
  }

  private Expression number() {
    Token begin = next();
    Operand number = sum();
    requireNumber(number, begin);
    return number.expression();
  }

  private Expression in(Operand name, Token begin) {
    requireTextName(name, begin);
    require("(");
    Set<String> texts = new TreeSet<>();
    do {
      texts.add(textLiteral());
    } while (takes(","));
    require(")");
    return Logic.in(name.expression(), texts);
  }

  private Expression like(Operand name, Token begin) {
    requireTextName(name, begin);
    String pattern = textLiteral();
    int escape = -1;
    if (takes("ESCAPE")) {
      Token token = next();
      String literal = textLiteral();
      if (literal.codePointCount(0, literal.length()) != 1) {
        throw wrong("one character in quotes", token);
      }
      escape = literal.codePointAt(0);
    }
    return Logic.like(name.expression(), new Wildcards(pattern, escape));
  }

  private String textLiteral() {
    if (next().kind() != Token.Kind.TEXT) {
      throw wrong("a text in quotes", next());
    }
    return take().text();
  }

  private Operand sum() {
    Token begin = next();
    Operand left = product();
    int before = depth;
    while (Arithmetic.PLUS.is(next()) || Arithmetic.MINUS.is(next())) {
      left = calculated(left, begin, take(), this::product);
    }
    depth = before;
    return left;
  }

  private Operand product() {
    Token begin = next();
    Operand left = signed();
    int before = depth;
    while (Arithmetic.TIMES.is(next()) || Arithmetic.DIVIDED_BY.is(next())) {
      left = calculated(left, begin, take(), this::signed);
    }
    depth = before;
    return left;
  }

  /** Each operator of a chain adds a level to what is evaluated. */
  private Operand calculated(Operand left, Token begin, Token sign, Supplier<Operand> side) {
    deeper();
    requireNumber(left, begin);
    Token second = next();
    Operand right = side.get();
    requireNumber(right, second);
    for (Arithmetic each : Arithmetic.values()) {
      if (each.is(sign)) {
        return Operand.of(Kind.NUMBER, each.of(left.expression(), right.expression()));
      }
    }
    throw new IllegalStateException("No calculation is called " + sign);
  }

  private Operand signed() {
    if (Arithmetic.MINUS.is(next())) {
      at++;
      if (next().kind() == Token.Kind.NUMBER) {
        return literal(Literals.number("-" + take().text(), text));
      }
      Operand number = negatable();
      return Operand.of(Kind.NUMBER, Arithmetic.negated(number.expression()));
    }
    if (Arithmetic.PLUS.is(next())) {
      at++;
      return negatable();
    }
    return primary();
  }

  private Operand negatable() {
    deeper();
    Token begin = next();
    Operand number = signed();
    requireNumber(number, begin);
    depth--;
    return number;
  }

  private Operand primary() {
    Token token = take();
    return switch (token.kind()) {
      case NUMBER -> literal(Literals.number(token.text(), text));
      case TEXT -> literal(token.text());
      case NAME -> named(token);
      case SIGN, END -> inParentheses(token);
    };
  }

  private Operand inParentheses(Token token) {
    if (!token.is("(")) {
      throw wrong("a name, a value or a parenthesis", token);
    }
    deeper();
    Operand inner = or();
    require(")");
    depth--;
    return Operand.of(inner.kind(), inner.expression());
  }

  private Operand named(Token token) {
    if (token.is("TRUE") || token.is("FALSE")) {
      return literal(token.is("TRUE"));
    }
    if (Names.RESERVED.contains(token.text().toUpperCase(Locale.ROOT))) {
      throw wrong("a name, a value or a parenthesis", token);
    }
    Operand field = Names.resolve(token.text());
    if (field == null) {
      throw wrong("a property, or a field that selectors may use", token);
    }
    return field;
  }

  private static Operand literal(Object value) {
    Kind kind =
        value instanceof String ? Kind.TEXT : value instanceof Boolean ? Kind.BOOLEAN : Kind.NUMBER;
    return Operand.of(kind, message -> value);
  }

  // --- what is there, and what must be

  private Token next() {
    return tokens.get(at);
  }

  private Token take() {
    Token token = next();
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  private boolean takes(String word) {
    boolean there = next().is(word);
    at += there ? 1 : 0;
    return there;
  }

  private void require(String word) {
    if (!takes(word)) {
      throw wrong(word, next());
    }
  }

  private void requireCondition(Operand operand, Token begin) {
    if (!operand.kind().canBe(Kind.BOOLEAN)) {
      throw wrong("a condition", begin);
    }
  }

  private void requireNumber(Operand operand, Token begin) {
    if (!operand.kind().canBe(Kind.NUMBER)) {
      throw wrong("a number", begin);
    }
  }

  private void requireName(Operand operand, Token begin) {
    if (!operand.isName()) {
      throw wrong("a name", begin);
    }
  }

  private void requireTextName(Operand operand, Token begin) {
    requireName(operand, begin);
    if (!operand.kind().canBe(Kind.TEXT)) {
      throw wrong("the name of a text", begin);
    }
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw new InvalidSelectorException(
          "The selector has more than %d levels, parentheses and calculations together: %s…"
              .formatted(MAX_DEPTH, text.substring(0, Math.min(text.length(), 100))));
    }
  }

  private InvalidSelectorException wrong(String expected, Token found) {
    return new InvalidSelectorException(
        "The selector must have %s, but has %s: %s".formatted(expected, found, text));
  }
}
