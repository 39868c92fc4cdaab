package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.report.Report;
import io.anymq.tck.report.ReportFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  @Test
  void versionIsTheOneThatTheBuildWrote() {
    assertThat(execute("--version")).isZero();
    assertThat(out.toString()).matches("mq \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "demo", "sample", "broker", "compare", "bench", "test"})
  void helpGoesToStandardOutput(String command) {
    assertThat(command.isEmpty() ? execute("--help") : execute(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: mq " + command);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpOfASampleIsTheHelpOfSamples() {
    assertThat(execute("sample", "chat", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: mq sample", "--room ROOM");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noCommandIsAUsageErrorThatShowsTheCommands() {
    assertThat(execute()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("A command is missing.").contains("Usage: mq");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-command|There is no command 'no-such-command'; there are bench, broker, compare, demo, sample, test",
        "queues|There is no command 'queues'; there are",
        "demos|did you mean demo?",
        "-v brokr|did you mean broker?",
        "demo --no-such-option|--no-such-option",
        "demo --row 3|There is no option '--row'",
        "demo extra|is one argument too many",
        "demo --rows many|many",
        "demo --rows 0|at least one row",
        "demo --time-limit 5x|500ms, 30s or 5m",
        "demo --url carrier-pigeon://loft|carrier-pigeon",
        "demo --url nonsense|is not a connection URL",
        "demo --url zeromq:inproc://a?no-such-option=1|no-such-option",
        "broker|NAME",
        "broker no-such-broker|activemq, kafka, rabbitmq, zeromq",
        "sample no-such-sample|chat, hello, quickstart, weather, work",
        "sample quickstart --url x|takes no arguments; set ANYMQ_URL",
        "sample hello --no-such-option|--no-such-option",
        "compare --backends no-such-backend|zeromq",
        "compare --rules NO-SUCH-RULE|NO-SUCH-RULE",
        "compare --backends rabbitmq@new|is no version",
        "compare --out /dev/null/here|--out",
      })
  void misuseIsToldInASentence(String arguments, String part) {
    assertThat(execute(arguments.split(" ", -1))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("mq: ").contains(part).doesNotContain("\tat ");
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void portWhereNobodyListensIsToldInASentence() throws IOException {
    String url = "amqp://guest:secret-word@127.0.0.1:" + freePort();
    assertThat(execute("demo", "--url", url)).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(err.toString()).startsWith("mq: ").doesNotContain("\tat ", "secret-word");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void verboseShowsTheStackTrace() {
    assertThat(execute("demo", "-v", "--orders", "no-such-file", "--url", "zeromq:inproc://v"))
        .isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(err.toString()).startsWith("mq: There is no file no-such-file").contains("\tat ");
  }

  @Test
  void demoSucceedsWhenItsTotalsAddUp() {
    assertThat(execute("demo", "--rows", "50", "--url", "zeromq:inproc://main-test")).isZero();
  }

  @Test
  void comparisonShowsTheRulesAndWritesTheReport() throws IOException {
    assertThat(
            execute(
                "compare", "--backends", "zeromq", "--rules", "SEND-01", "--out", "" + directory))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("zeromq").contains("SEND-01").contains("0 failed");
    Report report = ReportFile.read(directory.resolve(ReportFile.NAME));
    assertThat(report.tool().name()).isEqualTo("anymq");
    assertThat(report.backends()).hasSize(1);
    assertThat(report.clean()).isTrue();
  }

  @Test
  void reportThatIsThereIsKept() throws IOException {
    Files.writeString(directory.resolve(ReportFile.NAME), "the result of an hour");
    assertThat(
            execute(
                "compare", "--backends", "zeromq", "--rules", "SEND-01", "--out", "" + directory))
        .isZero();
    assertThat(out.toString()).contains("The former report is now report-1.json");
    assertThat(directory.resolve("report-1.json")).hasContent("the result of an hour");
    assertThat(ReportFile.read(directory.resolve(ReportFile.NAME)).clean()).isTrue();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private int execute(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
