package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user reads who ends a command in a terminal. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "It interrupts a process group by util-linux.")
class CtrlCTest {

  /** Of a JVM that an interrupt has ended: 128, and the signal's number. */
  private static final int INTERRUPTED = 130;

  @ParameterizedTest
  @ValueSource(strings = {"zeromq", "rabbitmq", "activemq", "kafka"})
  void brokerThatIsStoppedDoesNotLookLikeOneThatHasCrashed(String name) throws Exception {
    try (CommandProcess command = CommandProcess.start("broker", name)) {
      List<String> before = command.linesUpTo("Ctrl-C takes it away.");
      assertThat(command.interrupted())
          .containsExactly("Stopping the broker; it and its data go away.");
      assertThat(command.exitCode()).isEqualTo(INTERRUPTED);
      assertThat(ProcessHandle.of(pid(before)).filter(ProcessHandle::isAlive))
          .as("the broker's process after Ctrl-C")
          .isEmpty();
    }
  }

  @Test
  void demoThatIsStoppedSpeaksOfNoLoss() throws Exception {
    try (CommandProcess command = CommandProcess.start("demo", "--slow")) {
      command.linesUpTo(" sent ");
      assertThat(command.interrupted())
          .endsWith("Stopped; taking away what the demo made on the broker.")
          .noneMatch(line -> line.contains("lost"));
      assertThat(command.exitCode()).isEqualTo(INTERRUPTED);
    }
  }

  @Test
  void comparisonThatIsStoppedKeepsWhatItHas(@TempDir Path directory) throws Exception {
    try (CommandProcess command =
        CommandProcess.start(
            "compare", "--backends", "zeromq", "--rules", "SEND", "--out", directory.toString())) {
      command.linesUpTo("NOT RUN");
      assertThat(command.interrupted())
          .anyMatch(line -> line.startsWith("Interrupted; "))
          .anyMatch(line -> line.startsWith("Written to "))
          .noneMatch(line -> line.contains("ERROR"));
      assertThat(command.exitCode()).isEqualTo(INTERRUPTED);
      assertThat(Files.readString(directory.resolve("report.json")))
          .contains("\"incomplete\" : true");
    }
  }

  private static long pid(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("PID:"))
        .mapToLong(line -> Long.parseLong(line.substring("PID:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }
}
