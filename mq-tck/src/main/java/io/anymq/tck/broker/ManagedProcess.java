package io.anymq.tck.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One run of a broker's process, under an {@link OrphanGuard}.
 *
 * <p>The command is started by a shell that first waits for a line on its standard input and then
 * becomes the command: so the guard knows the process before it does anything, and there is no
 * moment at which the end of this JVM would leave it behind.
 */
final class ManagedProcess {

  private static final String GATE = "read -r go || exit 1; exec \"$@\" </dev/null";
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(20);
  private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);
  private static final long LOOK_NANOS = 500_000;

  private final Process process;
  private final OrphanGuard guard;

  private ManagedProcess(Process process, OrphanGuard guard) {
    this.process = process;
    this.guard = guard;
  }

  /**
   * Starts a command.
   *
   * @param environment the whole environment of the process; nothing is inherited
   * @param log what it prints is appended here
   */
  static ManagedProcess start(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Path log,
      OrphanGuard guard) {
    List<String> gated = new ArrayList<>(List.of("sh", "-c", GATE, "anymq-gate"));
    gated.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(gated)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      guard.watch(process.pid());
      openGate(process);
      return new ManagedProcess(process, guard);
    } catch (IOException e) {
      throw new BrokerException("Could not start " + command.get(0) + ": " + e.getMessage(), e);
    }
  }

  private static void openGate(Process process) throws IOException {
    try (OutputStream gate = process.getOutputStream()) {
      gate.write("go\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Waits for its end at most that long; whether it has ended. */
  boolean awaitEnd(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("Interrupted while waiting for the broker's process", e);
    }
  }

  /** Asks it to end (SIGTERM) and waits; whether it did. */
  boolean terminate(Duration limit) {
    process.destroy();
    boolean ended = awaitEnd(limit);
    if (ended) {
      guard.forget();
    }
    return ended;
  }

  /** Ends it and all it has started (SIGKILL), and returns when they have gone. */
  void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(ManagedProcess::awaitGone);
    if (!awaitEnd(KILL_LIMIT)) {
      throw new BrokerException("Process " + process.pid() + " is still there after SIGKILL");
    }
    guard.forget();
  }

  /**
   * Looks often: the JDK's own notice of the end of a process that is not our child can be a second
   * late.
   */
  private static void awaitGone(ProcessHandle handle) {
    long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
    while (isRunning(handle)) {
      if (System.nanoTime() > deadline) {
        throw new BrokerException("Process " + handle.pid() + " is still there after SIGKILL");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /**
   * Whether it is more than an entry in the table of processes, dead and waiting for its new parent
   * to take note of that, which some first processes of containers never do. Only when it is dead
   * in this sense are its files and ports free.
   */
  static boolean isRunning(ProcessHandle handle) {
    if (!handle.isAlive()) {
      return false;
    }
    Path entry = Path.of("/proc/" + handle.pid());
    try (Stream<Path> threads = Files.list(entry.resolve("task"))) {
      String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
      boolean firstThreadIsDead = "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
      return !firstThreadIsDead || threads.count() > 1;
    } catch (IOException | UncheckedIOException e) {
      // Either it has just gone, or this system has no /proc.
      return handle.isAlive();
    }
  }

  /**
   * Stops all its threads, and returns when they stand: one that works, or waits for a disk, may go
   * on for a moment after the signal was sent, and answer.
   */
  void freeze() {
    signal("STOP");
    long deadline = System.nanoTime() + SIGNAL_LIMIT.toNanos();
    while (!stands(process.pid())) {
      if (System.nanoTime() - deadline > 0) {
        throw new BrokerException(
            "Process %d has not stopped within %s".formatted(process.pid(), SIGNAL_LIMIT));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static boolean stands(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.allMatch(ManagedProcess::isStopped);
    } catch (IOException | UncheckedIOException e) {
      return true; // this system has no /proc
    }
  }

  private static boolean isStopped(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      return "TtZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException e) {
      return true; // it has just ended
    }
  }

  void goOn() {
    signal("CONT");
  }

  /**
   * Sends it {@code STOP} or {@code CONT}. The shell's own {@code kill} is used: the program of
   * that name may be missing.
   */
  private void signal(String name) {
    try {
      Process shell = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
      if (!shell.waitFor(SIGNAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          || shell.exitValue() != 0) {
        throw new BrokerException("Could not send " + name + " to process " + process.pid());
      }
    } catch (IOException e) {
      throw new BrokerException("Could not send " + name + " to process " + process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("Interrupted while sending " + name + " to the broker", e);
    }
  }
}
