package io.anymq.cli;

import io.anymq.tck.RuleResult;
import io.anymq.tck.RuleResult.Outcome;
import io.anymq.tck.TckListener;
import io.anymq.tck.report.Report.BackendReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Shows how a run of the kit goes on: a line for each area of rules, with a mark for each rule as
 * soon as it is done, and each failure's sentence at once. The thread that runs the kit calls it,
 * and one other may stop it.
 */
final class CompareProgress implements TckListener {

  private final PrintWriter out;
  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final Map<String, BackendReport> reports = new LinkedHashMap<>();
  private String area = "";
  private int left;
  private long begun;
  private boolean stopped;

  CompareProgress(PrintWriter out) {
    this.out = out;
  }

  PrintWriter out() {
    return out;
  }

  @Override
  public synchronized void started(String backend, int rules) {
    if (stopped) {
      return;
    }
    begun = System.nanoTime();
    counts.clear();
    area = "";
    left = rules;
    out.printf("%n%s   . passed   r refused   F FAILED   - NOT RUN", backend);
    out.flush();
  }

  @Override
  public synchronized void finished(String backend, RuleResult result) {
    if (stopped) {
      return;
    }
    if (!result.rule().area().equals(area)) {
      area = result.rule().area();
      out.printf("%n  %-6s ", area);
    }
    out.print(mark(result.outcome()));
    if (result.outcome() == Outcome.FAILED) {
      String sentence = result.message().lines().findFirst().orElse("");
      out.printf(" %s: %s%n  %-6s ", result.rule().id(), sentence, "");
    }
    counts.merge(result.outcome(), 1, Integer::sum);
    if (--left == 0) {
      ended();
    }
    out.flush();
  }

  @Override
  public synchronized void soFar(BackendReport report) {
    if (!stopped) {
      reports.put(report.name(), report);
    }
  }

  /** Shows nothing more; what there was until now. */
  synchronized List<BackendReport> stop() {
    stopped = true;
    int rules = reports.values().stream().mapToInt(each -> each.rules().size()).sum();
    out.printf(
        "%n%nInterrupted; %d results are kept, and the report is marked incomplete.%n", rules);
    return List.copyOf(reports.values());
  }

  private void ended() {
    String sums =
        counts.entrySet().stream()
            .map(each -> each.getValue() + " " + word(each.getKey()))
            .collect(Collectors.joining(", "));
    out.printf("%n  %s in %d s%n", sums, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
  }

  private static String mark(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> ".";
      case REFUSED -> "r";
      case FAILED -> "F";
      case NOT_RUN -> "-";
    };
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> "passed";
      case REFUSED -> "refused";
      case FAILED -> "FAILED";
      case NOT_RUN -> "NOT RUN";
    };
  }
}
