package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.broker.BrokerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Brokers that died while they started, each with the end of its log. */
class MissingBrokersTest {

  private static final int LINES = 200;

  private final StringWriter err = new StringWriter();

  @TempDir Path home;

  @Test
  void screenGetsTheLastLinesOfTheLogsAndAFileGetsAll() throws IOException {
    Files.writeString(home.resolve(MissingBrokers.LOG), "of an earlier run");
    MissingBrokers missing = missing(home);
    missing.add(died("rabbitmq"));
    missing.add(died("kafka"));
    assertThat(err.toString().lines())
        .startsWith("mq: rabbitmq ended while it started. Its log ends with:")
        .contains("(all 201 lines are in mq-test-brokers.log)", "rabbitmq 200", "kafka 200")
        .doesNotContain("rabbitmq 100")
        .hasSizeLessThanOrEqualTo(20);
    assertThat(home.resolve(MissingBrokers.LOG))
        .hasContent(died("rabbitmq").getMessage() + "\n\n" + died("kafka").getMessage() + "\n\n");
  }

  @Test
  void shortFailureIsShownWholeAndLeavesNoFile() {
    missing(home).add(new BrokerException("There is no rabbitmq-server and no Docker"));
    assertThat(err).hasToString("mq: There is no rabbitmq-server and no Docker%n".formatted());
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void nothingIsLeftOutWhereTheFileCannotBeWritten() {
    missing(home.resolve("no-such-directory")).add(died("kafka"));
    assertThat(err.toString().lines()).contains("kafka 1", "kafka 100", "kafka 200");
  }

  @Test
  void otherCommandsSayThatVerboseShowsAll() {
    CommandLine command = Main.commandLine().setErr(new PrintWriter(err, true));
    assertThat(Failures.report(died("kafka"), command, false)).isEqualTo(1);
    assertThat(err.toString().lines())
        .contains("(all 201 lines are shown with --verbose)", "kafka 200")
        .hasSizeLessThanOrEqualTo(10);
  }

  private MissingBrokers missing(Path directory) {
    return new MissingBrokers(new PrintWriter(err, true), directory);
  }

  private static BrokerException died(String name) {
    String log =
        IntStream.rangeClosed(1, LINES)
            .mapToObj(line -> name + " " + line)
            .collect(Collectors.joining("\n"));
    return new BrokerException(name + " ended while it started. Its log ends with:\n" + log);
  }
}
