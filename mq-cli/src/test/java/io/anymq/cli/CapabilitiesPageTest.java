package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckRunner;
import io.anymq.tck.TckSuite;
import io.anymq.tck.report.Report.BackendReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The README's table of capabilities is what connections to the real brokers declare. When this
 * fails, run {@code ./mq compare} and then {@code ./mq docs --report report.json}.
 */
class CapabilitiesPageTest {

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void capabilitiesAreWhatTheConnectionsDeclare() throws IOException {
    List<BackendReport> reports = new ArrayList<>();
    for (BackendHarness harness : CompareCommand.harnesses(CompareCommand.OURS)) {
      BackendReport report = TckRunner.of(List.of()).run(harness);
      if (report.capabilities().isEmpty()) {
        assumeThat(Boolean.getBoolean(TckSuite.ALLOW_MISSING)).as(harness.name()).isTrue();
        return;
      }
      reports.add(report);
    }
    assertThat(DocsCommand.capabilities(Path.of("..")).read())
        .isEqualTo(CapabilityTable.lines(reports));
  }
}
