package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {

  @TempDir private Path directory;

  private static BenchReport report() {
    Rounds rounds = new Rounds("kafka");
    rounds.add(new Figures(1000, 500), new Figures(250, 125));
    rounds.add(new Figures(2000, 400), new Figures(2000, 100));
    rounds.add(new Figures(4000, 100), new Figures(1000, 100));
    return new BenchReport(new BenchReport.Host("Linux", 2, "17"), rounds.results());
  }

  @Test
  void fileHasThePublishedForm() throws Exception {
    Path file = BenchJson.write(report(), directory.resolve("new"));

    assertThat(file).isEqualTo(directory.resolve("new").resolve("bench.json"));
    JsonNode root = new ObjectMapper().readTree(Files.readString(file));
    JsonNode expected =
        new ObjectMapper()
            .readTree(
                """
                {"host": {"os": "Linux", "cpus": 2, "java": "17"},
                 "results": [
                  {"backend": "kafka", "contender": "raw", "case": "send-confirmed", "bytes": 1024,
                   "perSecond": 2000.0, "ratioToRaw": 1.0, "rounds": [1000.0, 2000.0, 4000.0]},
                  {"backend": "kafka", "contender": "ours", "case": "send-confirmed", "bytes": 1024,
                   "perSecond": 1000.0, "ratioToRaw": 0.5, "rounds": [250.0, 2000.0, 1000.0]},
                  {"backend": "kafka", "contender": "raw", "case": "receive-accepted", "bytes": 1024,
                   "perSecond": 400.0, "ratioToRaw": 1.0, "rounds": [500.0, 400.0, 100.0]},
                  {"backend": "kafka", "contender": "ours", "case": "receive-accepted", "bytes": 1024,
                   "perSecond": 100.0, "ratioToRaw": 0.375, "rounds": [125.0, 100.0, 100.0]}]}
                """);
    assertThat(root).isEqualTo(expected);
  }

  @Test
  void tableHasALineForEachCase() {
    List<String> lines = BenchTable.lines(report());

    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).split(" +"))
        .containsExactly("kafka", "send-confirmed", "2,000", "1,000", "0.50", "0.25–1.00");
    assertThat(lines.get(2).split(" +"))
        .containsExactly("kafka", "receive-accepted", "400", "100", "0.38", "0.25–1.00");
  }
}
