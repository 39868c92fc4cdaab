package io.anymq.activemq;

import io.anymq.Message;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.activemq.SelectorNode.Calculated;
import io.anymq.activemq.SelectorNode.Comparator;
import io.anymq.activemq.SelectorNode.Compared;
import io.anymq.activemq.SelectorNode.Condition;
import io.anymq.activemq.SelectorNode.In;
import io.anymq.activemq.SelectorNode.Like;
import io.anymq.activemq.SelectorNode.Literal;
import io.anymq.activemq.SelectorNode.Name;
import io.anymq.activemq.SelectorNode.Negated;
import io.anymq.activemq.SelectorNode.Operand;
import io.anymq.selector.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Says in the broker's dialect what a selector means in ours. The broker's own meaning differs: a
 * missing property on the right side of a comparison makes it false and not unknown, two missing
 * ones are equal, some types of numbers cannot be compared, whole numbers of 32 bits overflow,
 * floats are compared after rounding, and after a calculation with a text nobody gets the message.
 *
 * <p>So each condition is written as what makes it true, or, under a NOT, as what makes it false;
 * types are asked for before values are looked at. For one use.
 */
final class ActiveMqSelector {

  /** The broker reads it as infinity, which it orders between all numbers and NaN. */
  private static final String INFINITY = "1.0E999";

  /** A one of 64 bits: what is multiplied by it is of 64 bits too. */
  private static final String LONG_ONE = "(4294967297 - 4294967296)";

  /** A consumer's selector travels as a string of OpenWire's, which holds 65,535 bytes. */
  private static final int MAX_BYTES = 65_535;

  /** What fields are called natively in this alternative of the condition. */
  private final Map<String, String> chosen = new HashMap<>();

  private ActiveMqSelector() {}

  /**
   * Translates a selector.
   *
   * @param selector in our dialect
   * @return in the broker's
   * @throws UnsupportedCapabilityException when the broker cannot be told exactly that
   */
  static String translate(String selector) {
    String translated = new ActiveMqSelector().when(true, SelectorReader.read(selector));
    int length = translated.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_BYTES) {
      throw new UnsupportedCapabilityException(
          "The selector is too long for ActiveMQ: in the broker's terms it has %d bytes, and may have %d"
              .formatted(length, MAX_BYTES));
    }
    return translated;
  }

  /** What is true when the condition is true, or when it is false. */
  private String when(boolean wanted, Condition condition) {
    if (condition instanceof SelectorNode.Or or) {
      return join(wanted ? " OR " : " AND ", or.parts(), part -> when(wanted, part));
    }
    if (condition instanceof SelectorNode.And and) {
      return join(wanted ? " AND " : " OR ", and.parts(), part -> when(wanted, part));
    }
    if (condition instanceof SelectorNode.Not not) {
      return when(!wanted, not.part());
    }
    if (condition instanceof SelectorNode.Constant constant) {
      return always(constant.value() == wanted);
    }
    if (condition instanceof SelectorNode.Flag flag) {
      return leaf(true, new Compared(flag.name(), Comparator.EQUAL, new Literal(wanted)));
    }
    if (condition instanceof SelectorNode.IsNull isNull) {
      return SelectorNames.of(isNull.name()).isNull(wanted);
    }
    return leaf(wanted, condition);
  }

  private static <T> String join(String word, List<T> parts, Function<T, String> each) {
    return parts.stream().map(each).collect(Collectors.joining(word, "(", ")"));
  }

  private static String all(String... parts) {
    return join(" AND ", List.of(parts), part -> part);
  }

  private static String any(String... parts) {
    return join(" OR ", List.of(parts), part -> part);
  }

  private static String always(boolean value) {
    return value ? "1 = 1" : "1 = 0";
  }

  /** One alternative for each place where a field may be. */
  private String leaf(boolean wanted, Condition leaf) {
    List<SelectorNames> fields = new ArrayList<>();
    for (Name name : names(leaf)) {
      SelectorNames field = SelectorNames.of(name);
      if (!chosen.containsKey(name.text())) {
        fields.add(field);
      }
    }
    if (fields.isEmpty()) {
      return written(wanted, leaf);
    }
    SelectorNames first = fields.get(0);
    String alternatives =
        join(
            " OR ",
            first.alternatives(),
            alternative -> {
              chosen.put(first.name(), alternative.nativeName());
              String then = leaf(wanted, leaf);
              return alternative.guard().isEmpty() ? then : all(alternative.guard(), then);
            });
    chosen.remove(first.name());
    return alternatives;
  }

  private static List<Name> names(SelectorNode node) {
    List<Name> names = new ArrayList<>();
    if (node instanceof Name name) {
      names.add(name);
    } else if (node instanceof Compared compared) {
      names.addAll(names(compared.left()));
      names.addAll(names(compared.right()));
    } else if (node instanceof Calculated calculated) {
      names.addAll(names(calculated.left()));
      names.addAll(names(calculated.right()));
    } else if (node instanceof Negated negated) {
      names.addAll(names(negated.number()));
    } else if (node instanceof In in) {
      names.add(in.name());
    } else if (node instanceof Like like) {
      names.add(like.name());
    }
    return names;
  }

  private String written(boolean wanted, Condition leaf) {
    if (leaf instanceof In in) {
      return in(wanted, in);
    }
    if (leaf instanceof Like like) {
      String condition = nativeName(like.name()) + " LIKE " + SelectorTexts.pattern(like);
      return wanted ? condition : isFalse(condition, like.name());
    }
    Compared compared = (Compared) leaf;
    if (compared.left() instanceof Literal left && compared.right() instanceof Literal right) {
      return always(fold(left, compared.comparator(), right) == wanted);
    }
    if (compared.left() instanceof Literal literal) {
      Operand other = compared.right();
      compared = new Compared(other, compared.comparator().mirrored(), literal);
    }
    String condition = compared(compared);
    return wanted ? condition : isFalse(condition, compared.left(), compared.right());
  }

  private static boolean fold(Literal left, Comparator comparator, Literal right) {
    String text =
        SelectorTexts.literal(left.value())
            + " "
            + comparator.sign
            + " "
            + SelectorTexts.literal(right.value());
    return Selector.parse(text).matches(Message.text(""));
  }

  /** The broker does not know whether a number is in a list, where we say that it is not. */
  private String in(boolean wanted, In in) {
    String name = nativeName(in.name());
    String list =
        in.texts().stream().map(SelectorTexts::literal).collect(Collectors.joining(", ", "(", ")"));
    return wanted
        ? name + " IN " + list
        : all(
            isKnown(in.name()),
            any(isBytes(in.name()), "NOT (" + isText(name) + ")", name + " NOT IN " + list));
  }

  /** Known, and not true. Of what is bytes, the broker has no value that a condition could see. */
  private String isFalse(String condition, Operand... operands) {
    List<String> known = new ArrayList<>();
    List<String> otherwise = new ArrayList<>();
    for (Operand operand : operands) {
      if (operand instanceof Name name) {
        known.add(isKnown(name));
        otherwise.add(isBytes(name));
      } else {
        names(operand).forEach(name -> known.add(isNumber(nativeName(name))));
      }
    }
    otherwise.add("NOT " + "(" + condition + ")");
    known.add(any(otherwise.toArray(String[]::new)));
    return all(known.toArray(String[]::new));
  }

  private String isKnown(Name name) {
    return any(nativeName(name) + " IS NOT NULL", isBytes(name));
  }

  private String isBytes(Name name) {
    return SelectorNames.of(name).isField()
        ? always(false)
        : ActiveMqProperties.BYTES_PREFIX + name.text() + " IS NOT NULL";
  }

  private String nativeName(Name name) {
    return chosen.getOrDefault(name.text(), name.text());
  }

  private static String isText(String name) {
    return name + " LIKE '%'";
  }

  private static String isFlag(String name) {
    return any(name + " = TRUE", name + " = FALSE");
  }

  private static String isNumber(String name) {
    return any(name + " <= " + INFINITY, name + " > " + INFINITY);
  }

  private String compared(Compared compared) {
    if (compared.right() instanceof Literal literal && !(literal.value() instanceof Number)) {
      return comparedWith(compared, literal.value());
    }
    String numbers = numbers(compared);
    boolean maybeNumbers = compared.comparator().ordered();
    if (maybeNumbers
        || !(compared.left() instanceof Name left)
        || !(compared.right() instanceof Name right)) {
      return numbers;
    }
    String first = nativeName(left);
    String second = nativeName(right);
    String values = first + " " + compared.comparator().sign + " " + second;
    return any(
        numbers,
        all(isText(first), isText(second), values),
        all(isFlag(first), isFlag(second), values));
  }

  /** With a text or a truth value; only equality is asked for. */
  private String comparedWith(Compared compared, Object value) {
    String name = nativeName((Name) compared.left());
    if (compared.comparator() == Comparator.EQUAL) {
      return name + " = " + SelectorTexts.literal(value);
    }
    return value instanceof Boolean flag
        ? name + " = " + SelectorTexts.literal(!flag)
        : all(isText(name), name + " <> " + SelectorTexts.literal(value));
  }

  /** NaN is different from all numbers and in no order with them; the broker has it behind all. */
  private String numbers(Compared compared) {
    List<String> conditions = new ArrayList<>();
    names(compared).forEach(name -> conditions.add(isNumber(nativeName(name))));
    boolean unequal = compared.comparator() == Comparator.NOT_EQUAL;
    List<String> values = new ArrayList<>();
    for (Operand side : List.of(compared.left(), compared.right())) {
      if (!(side instanceof Literal)) {
        String notNaN = number(side) + " <= " + INFINITY;
        (unequal ? values : conditions).add(unequal ? "NOT (" + notNaN + ")" : notNaN);
      }
    }
    values.add(
        value(compared.left()) + " " + compared.comparator().sign + " " + value(compared.right()));
    conditions.add(any(values.toArray(String[]::new)));
    return all(conditions.toArray(String[]::new));
  }

  /** For a comparison: added to zero, the negative zero becomes the other one. */
  private String value(Operand operand) {
    return "(" + number(operand) + " + 0)";
  }

  /** As a number of 64 bits, whole or not. */
  private String number(Operand operand) {
    if (operand instanceof Name name) {
      return "(" + nativeName(name) + " * " + LONG_ONE + ")";
    }
    if (operand instanceof Negated negated) {
      return "(0 - " + number(negated.number()) + ")";
    }
    if (operand instanceof Calculated calculated) {
      if (calculated.sign() == '/') {
        throw new UnsupportedCapabilityException(
            "ActiveMQ cannot divide as selectors do, whole numbers by whole numbers; multiply the other side of the comparison");
      }
      String left = number(calculated.left());
      return "(" + left + " " + calculated.sign() + " " + number(calculated.right()) + ")";
    }
    Object value = ((Literal) operand).value();
    String text = SelectorTexts.literal(value);
    return value instanceof Long ? "(" + text + " * " + LONG_ONE + ")" : "(" + text + ")";
  }
}
