package io.anymq.tck.broker;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs. */
final class Executables {

  /** Where programs are that an ordinary user's {@code PATH} leaves out. */
  private static final String SYSTEM =
      "/usr/local/sbin" + File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/sbin";

  private Executables() {}

  /** The program of that name on the {@code PATH}, then among those of the system. */
  static Optional<Path> find(String program, BrokerSettings settings) {
    String path = settings.variable("PATH").orElse("") + File.pathSeparator + SYSTEM;
    return Stream.of(path.split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
