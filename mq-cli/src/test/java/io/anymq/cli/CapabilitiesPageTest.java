package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;
import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.report.Report.BackendReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
      try {
        reports.add(report(harness));
      } catch (BrokerException e) {
        if (!Boolean.getBoolean(TckSuite.ALLOW_MISSING)) {
          throw e;
        }
        abort("A broker is missing: " + e.getMessage());
      }
    }
    assertThat(DocsCommand.capabilities(Path.of("..")).read())
        .isEqualTo(CapabilityTable.lines(reports));
  }

  private static BackendReport report(BackendHarness harness) {
    BrokerHandle broker = harness.startBroker();
    ConnectionFactory.Builder builder = ConnectionFactory.builder().url(harness.url(broker));
    harness.options().forEach(builder::option);
    try (Connection connection = builder.build().connect()) {
      Map<String, String> capabilities = new TreeMap<>();
      connection
          .capabilities()
          .support()
          .forEach((key, value) -> capabilities.put(key.name(), value.name()));
      return new BackendReport(harness.name(), broker.version(), "", "", capabilities, List.of());
    }
  }
}
