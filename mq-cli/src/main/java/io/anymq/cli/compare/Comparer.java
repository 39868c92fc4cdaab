package io.anymq.cli.compare;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleResult;
import io.anymq.tck.TckRun;
import java.util.ArrayList;
import java.util.List;

/** Runs rules on backends, one after the other: two at once would disturb each other's times. */
public final class Comparer {

  private final List<Rule> rules;
  private final ProgressPrinter progress;

  /** Runs these rules, and tells that printer how it goes. */
  public Comparer(List<Rule> rules, ProgressPrinter progress) {
    this.rules = rules;
    this.progress = progress;
  }

  /**
   * Runs the rules on each backend.
   *
   * @param harnesses the backends
   * @return what came of each, in the same order
   */
  public List<BackendRun> run(List<BackendHarness> harnesses) {
    List<BackendRun> runs = new ArrayList<>();
    for (BackendHarness harness : harnesses) {
      progress.opens(harness.name());
      try (TckRun run = TckRun.open(harness)) {
        runs.add(run(run));
      }
    }
    return runs;
  }

  private BackendRun run(TckRun run) {
    progress.started(run);
    List<RuleResult> results = new ArrayList<>();
    for (Rule rule : rules) {
      RuleResult result = run.run(rule);
      results.add(result);
      progress.finished(result);
    }
    BackendRun done =
        new BackendRun(
            run.backend(),
            run.broker().map(broker -> broker.provisioning().label()),
            run.info(),
            run.capabilities(),
            results);
    progress.ended(done);
    return done;
  }
}
