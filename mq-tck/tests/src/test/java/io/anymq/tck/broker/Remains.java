package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What brokers could leave behind: processes, directories, threads, ports. */
final class Remains {

  private static final Duration POLL = Duration.ofMillis(20);

  private final Set<Long> processes = processes();
  private final Set<Path> directories = directories();

  /** Notes what is there now. */
  Remains() {}

  /** Fails when there is more than there was. */
  void assertNothingNew() throws IOException {
    // The last one to go is a shell that has nothing more to do than to end.
    within(Duration.ofSeconds(10), () -> newProcesses().isEmpty());
    assertThat(newProcesses()).as("processes that are still there").isEmpty();
    Set<Path> left = directories();
    left.removeAll(directories);
    assertThat(left).as("directories that are still there").isEmpty();
    assertThat(threads()).as("threads that are still there").isEmpty();
  }

  private Set<String> newProcesses() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> !processes.contains(process.pid()))
        .filter(ProcessHandle::isAlive)
        .map(process -> process.pid() + " " + process.info().commandLine().orElse("?"))
        .collect(Collectors.toSet());
  }

  /**
   * Erlang's port mappers that a broker of ours has started; they have left our family of
   * processes, but not their environment.
   */
  static Set<String> strayPortMappers() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/epmd"))
        .filter(Remains::isFromUs)
        .map(process -> process.pid() + " " + process.info().commandLine().orElse("?"))
        .collect(Collectors.toSet());
  }

  private static boolean isFromUs(ProcessHandle process) {
    try {
      return Files.readString(
              Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1)
          .contains("/" + BrokerPlace.prefix());
    } catch (IOException gone) {
      return false;
    }
  }

  private static Set<Long> processes() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  /** Only this process's own: other tests may run on this machine. */
  static Set<Path> directories() {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(Remains::isOurs).collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isOurs(Path path) {
    return path.getFileName().toString().startsWith(BrokerPlace.prefix());
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("anymq-proxy"))
        .collect(Collectors.toSet());
  }

  /** Whether nobody listens on the port of that URL any more. */
  static boolean isFree(String url) {
    int port = URI.create(url.replaceFirst("^activemq:", "")).getPort();
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(PortReservation.loopback(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits for something to become true; whether it did. */
  static boolean within(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }
}
