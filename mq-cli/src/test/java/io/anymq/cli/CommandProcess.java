package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The command line in a JVM and a process group of its own, as a terminal runs it: Ctrl-C
 * interrupts every process of the group, its brokers, too.
 */
final class CommandProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private CommandProcess(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static CommandProcess start(String... arguments) throws IOException {
    // A build that runs in the background ignores interrupts, and so would everything under it.
    Stream<String> own = Stream.of("env", "--default-signal=INT", "setsid");
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dmq.home=" + Path.of("..").toAbsolutePath().normalize(),
            "-Dmq.terminal=false",
            "-Dmq.columns=100",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "io.anymq.cli.Main");
    List<String> command =
        Stream.of(own, java, Stream.of(arguments)).flatMap(part -> part).toList();
    return new CommandProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** The lines up to the first one with a text. */
  List<String> linesUpTo(String part) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = output.readLine();
    while (line != null) {
      lines.add(line);
      if (line.contains(part)) {
        return lines;
      }
      line = output.readLine();
    }
    throw new AssertionError("The command ended without a line with '" + part + "': " + lines);
  }

  /** Presses Ctrl-C; the lines that come after it, until the command has ended. */
  List<String> interrupted() throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).inheritIO().start();
    assertThat(kill.waitFor()).as("the exit code of kill").isZero();
    List<String> rest = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      rest.add(line);
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("whether the command has ended").isTrue();
    return rest;
  }

  int exitCode() {
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
