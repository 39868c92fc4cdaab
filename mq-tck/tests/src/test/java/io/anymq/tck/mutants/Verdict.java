package io.anymq.tck.mutants;

import io.anymq.MessagingException;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.RuleResult;
import io.anymq.tck.TckRun;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a rule says of a variant.
 *
 * @param outcome the name of the outcome; a variant may have the kit loaded a second time, whose
 *     own types cannot come here
 * @param message why it failed
 */
record Verdict(String outcome, String message) {

  /** Runs the rule by itself, with a broker of its own. */
  static Verdict of(String rule, Supplier<TckRun> opening) {
    try (TckRun run = opening.get()) {
      RuleResult result = run.run(RuleCatalogue.kit().find(rule).orElseThrow());
      return new Verdict(result.outcome().name(), result.message());
    }
  }

  /**
   * Whether a check of the scenario noticed. An exception that the scenario did not expect is a
   * fault of the variant, unless it says that it throws that one; the time limit of the scenario
   * and a failure of the clearing up prove nothing either.
   *
   * @param throwing what the variant says that it throws
   */
  boolean caught(Optional<Class<? extends MessagingException>> throwing) {
    return outcome.equals(RuleResult.Outcome.FAILED.name())
        && (message.startsWith("Expected")
            || throwing
                .filter(kind -> message.startsWith("It broke with " + kind.getName()))
                .isPresent());
  }
}
