package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void versionIsTheOneThatTheBuildWrote() {
    assertThat(execute("--version")).isZero();
    assertThat(out.toString()).matches("mq \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: mq");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noCommandIsAUsageError() {
    assertThat(execute()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("A command is missing.").contains("Usage: mq");
  }

  @Test
  void unknownCommandIsAUsageErrorThatNamesIt() {
    assertThat(execute("no-such-command")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("no-such-command");
  }

  private int execute(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
