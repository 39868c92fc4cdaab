package io.anymq.tck.report;

import io.anymq.tck.report.Report.BackendReport;
import io.anymq.tck.report.Report.RuleReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as a table for a console: a row for each rule, a column for each backend. */
public final class ReportTable {

  private static final int ID_WIDTH = 11;
  private static final int COLUMN_WIDTH = 11;
  private static final int MOST_NAMED = 5;

  private ReportTable() {}

  /**
   * The table, the totals, and the message of each failure below it.
   *
   * @param report the report
   * @return some lines
   */
  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    header(text, report.backends());
    titles(report).forEach((id, title) -> row(text, report.backends(), id, title));
    text.append('\n');
    report.backends().forEach(backend -> totals(text, backend));
    report.backends().forEach(backend -> failures(text, backend));
    return text.toString();
  }

  private static Map<String, String> titles(Report report) {
    Map<String, String> titles = new LinkedHashMap<>();
    report
        .backends()
        .forEach(backend -> backend.rules().forEach(rule -> titles.put(rule.id(), rule.title())));
    return titles;
  }

  private static void header(StringBuilder text, List<BackendReport> backends) {
    text.append(padded("rule", ID_WIDTH));
    backends.forEach(backend -> text.append(padded(backend.name(), COLUMN_WIDTH)));
    text.append('\n');
  }

  private static void row(
      StringBuilder text, List<BackendReport> backends, String id, String title) {
    text.append(padded(id, ID_WIDTH));
    for (BackendReport backend : backends) {
      String result =
          backend.rules().stream()
              .filter(rule -> rule.id().equals(id))
              .map(RuleReport::result)
              .findFirst()
              .orElse("");
      text.append(padded(word(result), COLUMN_WIDTH));
    }
    text.append(title).append('\n');
  }

  private static void totals(StringBuilder text, BackendReport backend) {
    text.append(
        "%s %s (%s): %d passed, %d refused, %d failed, %d not run%n"
            .formatted(
                backend.name(),
                backend.brokerVersion(),
                backend.provisioning(),
                backend.count("PASSED"),
                backend.count("REFUSED"),
                backend.count("FAILED"),
                backend.count("NOT_RUN")));
  }

  /** What several rules say, as where there is no broker, is said once. */
  private static void failures(StringBuilder text, BackendReport backend) {
    Map<String, List<RuleReport>> bySentence = new LinkedHashMap<>();
    for (RuleReport rule : backend.rules()) {
      if (rule.result().equals("FAILED") || rule.result().equals("NOT_RUN")) {
        bySentence
            .computeIfAbsent(rule.result() + rule.message(), absent -> new ArrayList<>())
            .add(rule);
      }
    }
    bySentence.values().forEach(rules -> failure(text, backend, rules));
  }

  private static void failure(StringBuilder text, BackendReport backend, List<RuleReport> rules) {
    RuleReport first = rules.get(0);
    String which =
        rules.size() == 1
            ? "%s on %s: %s".formatted(first.id(), backend.name(), first.title())
            : "%d rules on %s (%s)".formatted(rules.size(), backend.name(), named(rules));
    text.append(
        "%n%s %s%n  %s%n"
            .formatted(word(first.result()), which, first.message().replace("\n", "\n  ")));
  }

  /** All that failed, and of those that were not run so many that one sees which. */
  private static String named(List<RuleReport> rules) {
    long most = rules.get(0).result().equals("FAILED") ? rules.size() : MOST_NAMED;
    String some = rules.stream().limit(most).map(RuleReport::id).collect(Collectors.joining(", "));
    return rules.size() > most ? some + ", …" : some;
  }

  private static String word(String result) {
    return switch (result) {
      case "PASSED" -> "passed";
      case "FAILED" -> "FAILED";
      case "REFUSED" -> "refused";
      case "NOT_RUN" -> "NOT RUN";
      default -> "";
    };
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
