package io.anymq.tck.mutants;

import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.RuleResult;
import io.anymq.tck.TckRun;
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

  /** Whether the scenario itself noticed, and neither its time limit nor the clearing up. */
  boolean caught() {
    return outcome.equals(RuleResult.Outcome.FAILED.name())
        && (message.startsWith("Expected") || message.startsWith("It broke with"));
  }
}
