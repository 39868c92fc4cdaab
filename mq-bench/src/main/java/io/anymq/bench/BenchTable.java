package io.anymq.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report for the eye. */
final class BenchTable {

  private BenchTable() {}

  /** The lines: a head, then one for each backend and case. */
  static List<String> lines(BenchReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-9s  %-16s  %12s  %12s  %6s  %s"
            .formatted("backend", "case", "raw msg/s", "ours msg/s", "ratio", "least–most"));
    List<BenchResult> results = report.results();
    for (BenchResult ours : results) {
      if (ours.contender().equals(BenchResult.OURS)) {
        lines.add(line(rawOf(ours, results), ours));
      }
    }
    return lines;
  }

  private static BenchResult rawOf(BenchResult ours, List<BenchResult> results) {
    return results.stream()
        .filter(each -> each.contender().equals(BenchResult.RAW))
        .filter(each -> each.backend().equals(ours.backend()))
        .filter(each -> each.caseLabel().equals(ours.caseLabel()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Nothing to compare with " + ours));
  }

  private static String line(BenchResult raw, BenchResult ours) {
    Spread ratio = Spread.ofRatios(ours.rounds(), raw.rounds());
    return String.format(
        Locale.ROOT,
        "%-9s  %-16s  %,12.0f  %,12.0f  %6.2f  %.2f–%.2f",
        ours.backend(),
        ours.caseLabel(),
        raw.perSecond(),
        ours.perSecond(),
        ratio.median(),
        ratio.least(),
        ratio.most());
  }
}
