package io.anymq.activemq;

import io.anymq.UnsupportedCapabilityException;
import io.anymq.activemq.SelectorNode.Comparator;
import io.anymq.activemq.SelectorNode.Condition;
import io.anymq.activemq.SelectorNode.Operand;
import io.anymq.selector.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a selector apart that {@link Selector} has found well-formed: so nothing is checked here.
 * For one use.
 */
final class SelectorReader {

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*+(?:(?<text>'(?:[^']|'')*+')"
              + "|(?<name>\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*+)"
              + "|(?<number>0[xX][0-9a-fA-F]++[lL]?|(?:\\d++\\.?\\d*+|\\.\\d++)(?:[eE][+-]?\\d++)?[fFdDlL]?)"
              + "|(?<sign><>|<=|>=|[=<>+\\-*/(),]))");

  private static final Set<String> WORDS =
      Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

  private record Token(String kind, String text) {}

  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SelectorReader(String text) {
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.lookingAt()) {
      for (String kind : List.of("text", "name", "number", "sign")) {
        if (matcher.group(kind) != null) {
          tokens.add(token(kind, matcher.group(kind)));
        }
      }
      matcher.region(matcher.end(), text.length());
    }
    tokens.add(new Token("end", ""));
  }

  private static Token token(String kind, String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return kind.equals("name") && WORDS.contains(upper)
        ? new Token("sign", upper)
        : new Token(kind, text);
  }

  /**
   * Reads a selector.
   *
   * @param selector the selector
   * @return its parts
   * @throws io.anymq.InvalidSelectorException when it is malformed
   */
  static Condition read(String selector) {
    Selector wellFormed = Selector.parse(selector);
    return condition(new SelectorReader(wellFormed.toString()).or());
  }

  private static Condition condition(SelectorNode node) {
    if (node instanceof Condition condition) {
      return condition;
    }
    if (node instanceof SelectorNode.Name name) {
      return new SelectorNode.Flag(name);
    }
    return new SelectorNode.Constant((Boolean) ((SelectorNode.Literal) node).value());
  }

  private static Operand operand(SelectorNode node) {
    if (node instanceof Operand operand) {
      return operand;
    }
    throw new UnsupportedCapabilityException(
        "ActiveMQ cannot compare a condition with another; write it with AND, OR and NOT");
  }

  private SelectorNode or() {
    SelectorNode first = and();
    if (!next("OR")) {
      return first;
    }
    List<Condition> parts = new ArrayList<>(List.of(condition(first)));
    while (takes("OR")) {
      parts.add(condition(and()));
    }
    return new SelectorNode.Or(parts);
  }

  private SelectorNode and() {
    SelectorNode first = not();
    if (!next("AND")) {
      return first;
    }
    List<Condition> parts = new ArrayList<>(List.of(condition(first)));
    while (takes("AND")) {
      parts.add(condition(not()));
    }
    return new SelectorNode.And(parts);
  }

  private SelectorNode not() {
    return takes("NOT") ? new SelectorNode.Not(condition(not())) : predicate();
  }

  private SelectorNode predicate() {
    SelectorNode left = sum();
    for (Comparator each : Comparator.values()) {
      if (takes(each.sign)) {
        return new SelectorNode.Compared(operand(left), each, operand(sum()));
      }
    }
    if (takes("IS")) {
      boolean negated = takes("NOT");
      at++; // NULL
      return maybeNot(negated, new SelectorNode.IsNull((SelectorNode.Name) left));
    }
    boolean negated = takes("NOT");
    if (takes("BETWEEN")) {
      return maybeNot(negated, between(operand(left)));
    }
    if (takes("IN")) {
      return maybeNot(negated, in((SelectorNode.Name) left));
    }
    return takes("LIKE") ? maybeNot(negated, like((SelectorNode.Name) left)) : left;
  }

  private static Condition maybeNot(boolean negated, Condition condition) {
    return negated ? new SelectorNode.Not(condition) : condition;
  }

  private Condition between(Operand value) {
    Operand lowest = operand(sum());
    at++; // AND
    Operand highest = operand(sum());
    return new SelectorNode.And(
        List.of(
            new SelectorNode.Compared(value, Comparator.GREATER_OR_EQUAL, lowest),
            new SelectorNode.Compared(value, Comparator.LESS_OR_EQUAL, highest)));
  }

  private Condition in(SelectorNode.Name name) {
    Set<String> texts = new TreeSet<>();
    do {
      at++; // the parenthesis or the comma
      texts.add(text());
    } while (next(","));
    at++;
    return new SelectorNode.In(name, texts);
  }

  private Condition like(SelectorNode.Name name) {
    String pattern = text();
    Optional<Integer> escape =
        takes("ESCAPE") ? Optional.of(text().codePointAt(0)) : Optional.empty();
    return new SelectorNode.Like(name, pattern, escape);
  }

  private String text() {
    String quoted = tokens.get(at++).text();
    return quoted.substring(1, quoted.length() - 1).replace("''", "'");
  }

  private SelectorNode sum() {
    SelectorNode left = product();
    while (next("+") || next("-")) {
      char sign = tokens.get(at++).text().charAt(0);
      left = new SelectorNode.Calculated(operand(left), sign, operand(product()));
    }
    return left;
  }

  private SelectorNode product() {
    SelectorNode left = signed();
    while (next("*") || next("/")) {
      char sign = tokens.get(at++).text().charAt(0);
      left = new SelectorNode.Calculated(operand(left), sign, operand(signed()));
    }
    return left;
  }

  private SelectorNode signed() {
    if (takes("+")) {
      return signed();
    }
    if (!takes("-")) {
      return primary();
    }
    return tokens.get(at).kind().equals("number")
        ? new SelectorNode.Literal(number("-" + tokens.get(at++).text()))
        : new SelectorNode.Negated(operand(signed()));
  }

  private SelectorNode primary() {
    if (takes("(")) {
      SelectorNode inner = or();
      at++;
      return inner;
    }
    Token token = tokens.get(at);
    if (token.kind().equals("text")) {
      return new SelectorNode.Literal(text());
    }
    at++;
    return switch (token.kind()) {
      case "number" -> new SelectorNode.Literal(number(token.text()));
      case "name" -> new SelectorNode.Name(token.text());
      default -> new SelectorNode.Literal(token.text().equals("TRUE"));
    };
  }

  private static Object number(String literal) {
    String lower = literal.toLowerCase(Locale.ROOT);
    boolean whole = lower.matches("-?0x.*|-?\\d+l?");
    return whole
        ? (Object) Long.decode(lower.endsWith("l") ? lower.substring(0, lower.length() - 1) : lower)
        : Double.valueOf(lower);
  }

  private boolean next(String sign) {
    Token token = tokens.get(at);
    return token.kind().equals("sign") && token.text().equals(sign);
  }

  private boolean takes(String sign) {
    boolean there = next(sign);
    at += there ? 1 : 0;
    return there;
  }
}
