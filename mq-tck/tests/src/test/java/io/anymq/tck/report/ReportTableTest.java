package io.anymq.tck.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.report.Report.BackendReport;
import io.anymq.tck.report.Report.Host;
import io.anymq.tck.report.Report.RuleReport;
import io.anymq.tck.report.Report.Tool;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportTableTest {

  private static String table(Stream<RuleReport> rules) {
    BackendReport backend = new BackendReport("kafka@3", "", "", "", Map.of(), rules.toList());
    return ReportTable.of(new Report(new Tool("kit", "1"), "now", Host.here(), List.of(backend)));
  }

  private static RuleReport rule(int number, String result, String message) {
    return new RuleReport("SEND-%02d".formatted(number), "Title " + number, result, 1, message);
  }

  @Test
  void whatAllRulesSayIsSaidOnce() {
    String table =
        table(IntStream.rangeClosed(1, 7).mapToObj(i -> rule(i, "NOT_RUN", "No broker")));
    assertThat(table)
        .containsOnlyOnce("No broker")
        .contains("NOT RUN 7 rules on kafka@3 (SEND-01, SEND-02, SEND-03, SEND-04, SEND-05, …)")
        .contains("0 passed, 0 refused, 0 failed, 7 not run");
  }

  @Test
  void whatOneRuleSaysStandsWithItsTitle() {
    String table =
        table(
            Stream.of(
                rule(1, "PASSED", ""),
                rule(2, "FAILED", "It is\nlost"),
                rule(3, "FAILED", "Late")));
    assertThat(table)
        .contains("%nFAILED SEND-02 on kafka@3: Title 2%n  It is%n  lost%n".formatted())
        .contains("FAILED SEND-03 on kafka@3: Title 3")
        .doesNotContain("SEND-01 on");
  }
}
