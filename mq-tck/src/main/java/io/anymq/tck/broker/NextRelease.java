package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Programs of Debian's next release, in a directory of their own: their packages with everything
 * that they need, down to the C library, fetched from where this system gets its own and unpacked.
 * Nothing is installed, and no root is needed: a program runs with the directory as its {@code /},
 * in a user and mount namespace of its own, where it sees this system's {@code /proc}, {@code /dev}
 * and directory for temporary files.
 *
 * @param root the directory
 */
record NextRelease(Path root) {

  private static final Map<String, String> NEXT =
      Map.of("bullseye", "bookworm", "bookworm", "trixie", "trixie", "forky");

  /** Runs what follows as its own root, with mounts of its own; some systems forbid that. */
  private static final List<String> NAMESPACES =
      List.of("unshare", "--user", "--map-root-user", "--mount");

  /** What any script relies on, and no package says that it needs. */
  private static final List<String> ESSENTIAL =
      List.of(
          "base-files", "dash", "bash", "coreutils", "sed", "grep", "mawk", "hostname", "procps");

  /**
   * Fetches packages, once.
   *
   * @throws BrokerUnavailableException when this system cannot; the message has the reason
   */
  static NextRelease of(BrokerRequest request, List<String> packages) {
    try {
      requireNamespaces();
      String codename = next(Files.readString(Path.of("/etc/os-release"), StandardCharsets.UTF_8));
      CacheDirectory cache = CacheDirectory.of(request.settings());
      String entry = String.join("+", packages) + "/" + codename;
      return new NextRelease(
          cache.entry(entry, (part, place) -> unpack(part, codename, packages, request)));
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "the packages of the next release cannot be had: " + e.getMessage(), e);
    }
  }

  private static void requireNamespaces() throws IOException {
    List<String> attempt = new ArrayList<>(NAMESPACES);
    attempt.add("true");
    Commands.run(attempt, Path.of(System.getProperty("java.io.tmpdir")), DebianPackages.LIMIT);
  }

  static String next(String release) throws IOException {
    String codename = DebianPackages.value(release, "VERSION_CODENAME").orElse("unknown");
    String next = NEXT.get(codename);
    if (next == null || !DebianPackages.value(release, "ID").equals(Optional.of("debian"))) {
      throw new IOException("what comes after '%s' is not known".formatted(codename));
    }
    return next;
  }

  private static void unpack(
      Path part, String codename, List<String> packages, BrokerRequest request) throws IOException {
    request
        .announcer()
        .accept(
            "Fetching %s of Debian's next release, %s (about 70 MB, once); it is only unpacked"
                .formatted(String.join(", ", packages), codename));
    Path work = Files.createTempDirectory("anymq-next-");
    try {
      Path conf = configuration(work, codename);
      DebianPackages.update(conf, work);
      List<String> download =
          new ArrayList<>(List.of("apt-get", "-c", conf.toString(), "download"));
      download.addAll(closure(conf, work, packages));
      Path archives = Files.createDirectory(work.resolve("archives"));
      Commands.run(download, archives, Commands.FETCH_LIMIT);
      DebianPackages.unpack(archives, part);
    } finally {
      BrokerPlace.delete(work);
    }
  }

  /** As if nothing were installed, with this system's sources for the other release. */
  private static Path configuration(Path work, String codename) throws IOException {
    AptSources.writeFor(codename, Files.createDirectory(work.resolve("sources")));
    Files.createFile(work.resolve("status"));
    return DebianPackages.configuration(
        work,
        """
        Dir::State::status "%1$s/status";
        Dir::Etc::sourcelist "/dev/null";
        Dir::Etc::sourceparts "%1$s/sources/";
        """
            .formatted(work));
  }

  private static List<String> closure(Path conf, Path work, List<String> packages)
      throws IOException {
    List<String> simulation =
        new ArrayList<>(
            List.of(
                "apt-get",
                "-c",
                conf.toString(),
                "install",
                "--simulate",
                "--no-install-recommends"));
    simulation.addAll(packages);
    simulation.addAll(ESSENTIAL);
    return Commands.run(simulation, work, DebianPackages.LIMIT)
        .lines()
        .filter(line -> line.startsWith("Inst "))
        .map(line -> line.split(" ", 3)[1])
        .toList();
  }

  /** The command that runs a program of the directory, and becomes it: it keeps its process id. */
  List<String> entering(String program) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    String script =
        """
        mkdir -p "$0$1" && mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && mount --bind "$1" "$0$1" \
        && exec chroot "$0" "$2"
        """;
    List<String> command = new ArrayList<>(NAMESPACES);
    command.addAll(
        List.of("sh", "-c", script.strip(), root.toString(), temporary.toString(), program));
    return command;
  }
}
