package io.anymq.tck;

import io.anymq.BackendInfo;
import io.anymq.Capabilities;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.report.Report;
import io.anymq.tck.report.Report.BackendReport;
import io.anymq.tck.report.Report.RuleReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs rules on backends, one after the other, each rule once, and reports. Immutable; a run uses
 * the calling thread and one more at a time.
 */
public final class TckRunner {

  private final List<Rule> rules;
  private final TckListener listener;

  private TckRunner(List<Rule> rules, TckListener listener) {
    this.rules = rules;
    this.listener = listener;
  }

  /** A runner of all rules that tells nobody how it goes on. */
  public static TckRunner ofAllRules() {
    return of(RuleCatalogue.kit().rules());
  }

  /**
   * A runner of some rules.
   *
   * @param rules the rules, in the order in which to run them
   */
  public static TckRunner of(List<Rule> rules) {
    return new TckRunner(List.copyOf(rules), TckListener.SILENT);
  }

  /** The same runner, which tells a listener how it goes on. */
  public TckRunner tellingTo(TckListener listener) {
    return new TckRunner(rules, listener);
  }

  /**
   * Runs the rules on several backends.
   *
   * @param harnesses the backends
   * @param version the version of this project
   * @return the report
   */
  public Report run(List<BackendHarness> harnesses, String version) {
    Instant startedAt = Instant.now();
    List<BackendReport> reports = new ArrayList<>();
    harnesses.forEach(harness -> reports.add(run(harness)));
    return new Report(
        new Report.Tool("anymq", version),
        startedAt.toString(),
        Report.Host.here(),
        List.copyOf(reports));
  }

  /**
   * Runs the rules on one backend.
   *
   * @param harness the backend
   * @return its part of the report
   */
  public BackendReport run(BackendHarness harness) {
    try (TckRun run = TckRun.open(harness)) {
      listener.started(run.backend(), rules.size());
      List<RuleReport> results = new ArrayList<>();
      for (Rule rule : rules) {
        RuleResult result = run.run(rule);
        listener.finished(run.backend(), result);
        results.add(report(result));
        listener.soFar(report(run, results));
      }
      return report(run, results);
    }
  }

  private static BackendReport report(TckRun run, List<RuleReport> results) {
    Optional<BackendInfo> info = run.info();
    String provisioning = run.broker().map(broker -> broker.provisioning().label()).orElse("");
    String brokerVersion =
        info.map(BackendInfo::brokerVersion)
            .or(() -> run.broker().map(BrokerHandle::version))
            .orElse("");
    return new BackendReport(
        run.backend(),
        brokerVersion,
        info.map(BackendInfo::clientVersion).orElse(""),
        provisioning,
        run.capabilities().map(TckRunner::capabilities).orElse(Map.of()),
        List.copyOf(results));
  }

  private static Map<String, String> capabilities(Capabilities declared) {
    Map<String, String> words = new LinkedHashMap<>();
    declared
        .support()
        .forEach((capability, support) -> words.put(capability.name(), support.name()));
    return words;
  }

  private static RuleReport report(RuleResult result) {
    return new RuleReport(
        result.rule().id(),
        result.rule().title(),
        result.outcome().name(),
        result.took().toMillis(),
        result.message());
  }
}
