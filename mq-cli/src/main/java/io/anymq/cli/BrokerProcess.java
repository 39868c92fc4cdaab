package io.anymq.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Finds the broker among the processes that were started for it: shells watch over it. */
final class BrokerProcess {

  private static final Set<String> PROGRAMS = Set.of("beam.smp", "java");

  private BrokerProcess() {}

  /** The broker's own process, when there is one on this machine. */
  static Optional<ProcessHandle> find() {
    return ProcessHandle.current().descendants().filter(BrokerProcess::isBroker).findFirst();
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
