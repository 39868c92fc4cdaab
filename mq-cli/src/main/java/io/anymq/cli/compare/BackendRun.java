package io.anymq.cli.compare;

import io.anymq.BackendInfo;
import io.anymq.Capabilities;
import io.anymq.tck.RuleResult;
import io.anymq.tck.RuleResult.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * What came of one backend.
 *
 * @param name the backend's name
 * @param provisioning where its broker came from; empty when there was none
 * @param info what the connection talked to; empty when there was none
 * @param capabilities what the connection declared; empty when there was none
 * @param results a result for each rule, in order
 */
public record BackendRun(
    String name,
    Optional<String> provisioning,
    Optional<BackendInfo> info,
    Optional<Capabilities> capabilities,
    List<RuleResult> results) {

  /** How many rules went that way. */
  long count(Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /** The result of a rule. */
  RuleResult result(int index) {
    return results.get(index);
  }

  /** Whether there was a broker, and no rule failed. */
  public boolean holds() {
    return info.isPresent() && count(Outcome.FAILED) == 0;
  }
}
