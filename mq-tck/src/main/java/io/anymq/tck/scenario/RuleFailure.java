package io.anymq.tck.scenario;

import java.io.Serial;

/** A rule does not hold; the message says what was expected, what was seen, and what to check. */
public final class RuleFailure extends AssertionError {

  @Serial private static final long serialVersionUID = 1L;

  RuleFailure(String expected, Object seen, String check) {
    super("Expected %s, but saw %s. Check %s.".formatted(expected, seen, check));
  }

  RuleFailure(String expected, Throwable seen, String check) {
    super("Expected %s, but saw %s. Check %s.".formatted(expected, describe(seen), check), seen);
  }

  private static String describe(Throwable thrown) {
    return thrown.getClass().getSimpleName() + " (" + thrown.getMessage() + ")";
  }
}
