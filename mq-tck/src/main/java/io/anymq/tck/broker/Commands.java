package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the tools of the machine, each within a time limit. */
final class Commands {

  /** A download of some forty megabytes over a slow line. */
  static final Duration FETCH_LIMIT = Duration.ofMinutes(10);

  private Commands() {}

  /**
   * Runs a command to its end.
   *
   * @return what it wrote to its standard output
   * @throws IOException when it cannot be started, fails or takes too long; the message has the end
   *     of what it wrote
   */
  static String run(List<String> command, Path directory, Duration limit) throws IOException {
    Path out = Files.createTempFile(directory, "command-", ".out");
    Path err = Files.createTempFile(directory, "command-", ".err");
    try {
      return run(command, directory, limit, out, err);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String run(
      List<String> command, Path directory, Duration limit, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(Map.of("LC_ALL", "C", "DEBIAN_FRONTEND", "noninteractive"));
    Process process = builder.start();
    if (!awaitEnd(process, limit)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException(command + " took longer than " + limit.toSeconds() + " s");
    }
    if (process.exitValue() != 0) {
      String said = text(out) + text(err);
      throw new IOException(
          command + " ended with " + process.exitValue() + ": " + BrokerLog.tail(said));
    }
    return text(out);
  }

  /** What a program has printed, which need not be UTF-8 throughout. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static boolean awaitEnd(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new BrokerException("Interrupted while a tool was running", e);
    }
  }
}
