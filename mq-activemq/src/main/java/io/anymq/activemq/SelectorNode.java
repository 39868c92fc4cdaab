package io.anymq.activemq;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A part of a selector, as its text says it. */
sealed interface SelectorNode {

  /** What is true, false or unknown of a message. */
  sealed interface Condition extends SelectorNode {}

  /** What has a value. */
  sealed interface Operand extends SelectorNode {}

  record Or(List<Condition> parts) implements Condition {}

  record And(List<Condition> parts) implements Condition {}

  record Not(Condition part) implements Condition {}

  record Constant(boolean value) implements Condition {}

  /** A property alone, as a condition. */
  record Flag(Name name) implements Condition {}

  record Compared(Operand left, Comparator comparator, Operand right) implements Condition {}

  record IsNull(Name name) implements Condition {}

  record In(Name name, Set<String> texts) implements Condition {}

  /**
   * A comparison with a pattern.
   *
   * @param pattern the pattern
   * @param escape the character, as a code point, that takes the next one's meaning
   */
  record Like(Name name, String pattern, Optional<Integer> escape) implements Condition {}

  /** A property's or a field's name. */
  record Name(String text) implements Operand {}

  /** A String, Boolean, Long or Double. */
  record Literal(Object value) implements Operand {}

  record Calculated(Operand left, char sign, Operand right) implements Operand {}

  record Negated(Operand number) implements Operand {}

  enum Comparator {
    EQUAL("="),
    NOT_EQUAL("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    final String sign;

    Comparator(String sign) {
      this.sign = sign;
    }

    boolean ordered() {
      return this != EQUAL && this != NOT_EQUAL;
    }

    /** The same with its sides exchanged. */
    Comparator mirrored() {
      return switch (this) {
        case EQUAL, NOT_EQUAL -> this;
        case LESS -> GREATER;
        case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
        case GREATER -> LESS;
        case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
      };
    }
  }
}
