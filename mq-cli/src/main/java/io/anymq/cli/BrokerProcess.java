package io.anymq.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds a broker among the processes of this program: made before the broker is started, it leaves
 * out those that were there already, and the shells that watch over brokers.
 */
final class BrokerProcess {

  private static final Set<String> PROGRAMS = Set.of("beam.smp", "java");

  private final Set<ProcessHandle> others = brokers().collect(Collectors.toSet());

  /** The broker's own process, when there is one on this machine. */
  Optional<ProcessHandle> find() {
    return brokers().filter(process -> !others.contains(process)).findFirst();
  }

  private static Stream<ProcessHandle> brokers() {
    return ProcessHandle.current().descendants().filter(BrokerProcess::isBroker);
  }

  private static boolean isBroker(ProcessHandle process) {
    return process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName().toString())
        .filter(PROGRAMS::contains)
        .isPresent();
  }
}
