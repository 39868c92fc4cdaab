package io.anymq.selector;

import io.anymq.Message;
import org.jspecify.annotations.Nullable;

/** A part of a selector: a condition, whose value is a Boolean, or an operand of one. */
@FunctionalInterface
interface Expression {

  /**
   * Its value for a message: a String, Boolean, Long or Double, or what else a property holds; null
   * when it is unknown.
   */
  @Nullable Object of(Message message);
}
