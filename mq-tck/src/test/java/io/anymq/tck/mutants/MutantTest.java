package io.anymq.tck.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.RuleResult;
import io.anymq.tck.TckRun;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every faulty variant fails the rules that are meant for it, with a sentence. They mostly wait,
 * and each has a broker of its own, so some run at once.
 */
@Execution(ExecutionMode.CONCURRENT)
class MutantTest {

  @ParameterizedTest
  @EnumSource
  void isCaught(Mutant mutant) {
    try (TckRun run = TckRun.open(new MutantHarness(mutant))) {
      for (Rule rule : RuleCatalogue.kit().select(mutant.rules())) {
        RuleResult result = run.run(rule);
        assertThat(result.outcome())
            .as("%s on %s: %s", rule.id(), mutant, result.message())
            .isEqualTo(RuleResult.Outcome.FAILED);
        assertThat(result.message())
            .as("the message of %s on %s", rule.id(), mutant)
            .contains("Expected", "but saw", "Check");
      }
    }
  }
}
