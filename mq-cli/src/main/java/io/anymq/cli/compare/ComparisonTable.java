package io.anymq.cli.compare;

import io.anymq.tck.Rule;
import io.anymq.tck.RuleResult;
import io.anymq.tck.RuleResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rules by backend, as lines of at most {@value #WIDTH} characters for up to four backends. */
public final class ComparisonTable {

  private static final int ID = 8;
  private static final int WIDTH = 80;
  private static final int MIN_TITLE = 30;
  private static final int COLUMN = 9;

  private final List<Rule> rules;
  private final List<BackendRun> runs;
  private final int title;

  /** A table of these rules and runs; each run has a result for each rule, in order. */
  public ComparisonTable(List<Rule> rules, List<BackendRun> runs) {
    this.rules = rules;
    this.runs = runs;
    this.title = Math.max(MIN_TITLE, WIDTH - ID - 1 - COLUMN * runs.size());
  }

  /** The lines: the rules by area, then the failures in words, then the totals. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    String area = "";
    for (int i = 0; i < rules.size(); i++) {
      int index = i;
      Rule rule = rules.get(i);
      if (!rule.area().equals(area)) {
        area = rule.area();
        lines.add("");
        lines.add(row(area, "", BackendRun::name));
      }
      lines.add(row(rule.id(), rule.title(), run -> word(run.result(index))));
    }
    lines.addAll(troubles());
    lines.addAll(totals());
    return lines;
  }

  private List<String> troubles() {
    List<String> lines = new ArrayList<>();
    for (BackendRun run : runs) {
      for (RuleResult result : run.results()) {
        if (result.outcome() == Outcome.FAILED) {
          Rule rule = result.rule();
          lines.add("");
          lines.add("%s failed on %s: %s".formatted(rule.id(), run.name(), rule.title()));
          result.message().lines().forEach(line -> lines.add("  " + line));
        }
      }
    }
    return lines;
  }

  private List<String> totals() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(row("TOTAL", rules.size() + " rules", BackendRun::name));
    for (Outcome outcome : Outcome.values()) {
      lines.add(row("", word(outcome), run -> String.valueOf(run.count(outcome))));
    }
    lines.add(row("", "broker", run -> run.info().map(i -> i.brokerVersion()).orElse("none")));
    return lines;
  }

  private String row(String id, String text, Function<BackendRun, String> cell) {
    String cells =
        runs.stream()
            .map(cell)
            .map(each -> ("%" + COLUMN + "s").formatted(cut(each, COLUMN - 1)))
            .collect(Collectors.joining());
    String line = "%-" + ID + "s %-" + title + "s%s";
    return line.formatted(id, cut(text, title), cells).stripTrailing();
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 2) + "..";
  }

  private static String word(RuleResult result) {
    return word(result.outcome());
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> "holds";
      case REFUSED -> "refused";
      case FAILED -> "FAILED";
      case NOT_RUN -> "NOT RUN";
    };
  }
}
