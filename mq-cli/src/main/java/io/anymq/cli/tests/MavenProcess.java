package io.anymq.cli.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maven as a process whose output goes to a file, line by line, and can be followed. */
final class MavenProcess {

  /** The tests' JVMs end their brokers in order within this. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Thread reader;

  private MavenProcess(Process process, PrintWriter log) {
    this.process = process;
    this.reader = new Thread(() -> copy(log), "maven-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it in that directory; the log is appended to. */
  static MavenProcess start(List<String> command, Path home, PrintWriter log) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new MavenProcess(process, log);
  }

  private void copy(PrintWriter log) {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.println(line);
        log.flush();
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Maven's output cannot be read", e);
    }
  }

  /** The next line, or null when none came for so long. */
  @Nullable String poll(Duration limit) throws InterruptedException {
    return lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether there is more to come. */
  boolean running() {
    return reader.isAlive() || !lines.isEmpty();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it and all that it has started, in order where that is possible, and waits. */
  void stop() {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    for (ProcessHandle each : all) {
      if (!endsBefore(deadline, each)) {
        each.destroyForcibly();
      }
    }
  }

  private static boolean endsBefore(long deadline, ProcessHandle handle) {
    try {
      handle.onExit().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
