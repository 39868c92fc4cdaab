package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches packages of the distribution (Debian, Ubuntu and their kin) and unpacks them into a
 * directory: nothing is installed, no root is needed, no service is set up.
 *
 * <p>Sources, keys and signature checks are the system's; the lists of packages go into a directory
 * of their own, because those of the system belong to root and may be old or missing. What the
 * named package needs of the same software is unpacked along with it, and so are the shared
 * libraries that the system lacks.
 */
final class DebianPackages {

  private static final Logger LOG = LoggerFactory.getLogger(DebianPackages.class);
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final String packageName;
  private final Predicate<String> companions;

  /**
   * A set of packages.
   *
   * @param packageName the package that is wanted
   * @param companions matches, among all that it depends on directly or not, the packages that have
   *     to come along even if the system has them
   */
  DebianPackages(String packageName, Pattern companions) {
    this.packageName = packageName;
    this.companions = companions.asMatchPredicate();
  }

  /** Whether this system has the tools. */
  static boolean supported(BrokerSettings settings) {
    return List.of("apt-get", "apt-cache", "dpkg-deb", "dpkg").stream()
        .allMatch(tool -> Executables.find(tool, settings).isPresent());
  }

  /**
   * A name for what is fetched here: distribution, release and architecture, such as {@code
   * debian-12-amd64}.
   */
  static String system() throws IOException {
    String release = Files.readString(Path.of("/etc/os-release"), StandardCharsets.UTF_8);
    String architecture =
        Commands.run(List.of("dpkg", "--print-architecture"), temporary(), LIMIT).strip();
    return value(release, "ID").orElse("linux")
        + "-"
        + value(release, "VERSION_ID").orElse("rolling")
        + "-"
        + architecture;
  }

  static Optional<String> value(String release, String key) {
    return release
        .lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1).replace("\"", ""))
        .findFirst();
  }

  /** Unpacks the packages into that directory, which the files of {@code /} then are in. */
  void unpackInto(Path root) throws IOException {
    Path work = Files.createTempDirectory("anymq-apt-");
    try {
      Path conf = configuration(work, "");
      update(conf, work);
      List<String> download =
          new ArrayList<>(List.of("apt-get", "-c", conf.toString(), "download"));
      download.addAll(packages(conf, work));
      Path archives = Files.createDirectory(work.resolve("archives"));
      Commands.run(download, archives, Commands.FETCH_LIMIT);
      unpack(archives, root);
    } finally {
      BrokerPlace.delete(work);
    }
  }

  /**
   * The hooks that a system runs after an update are for its own lists and caches, so they are left
   * out.
   *
   * @param more further lines, which win
   */
  static Path configuration(Path work, String more) throws IOException {
    Files.createDirectories(work.resolve("state/lists/partial"));
    Files.createDirectories(work.resolve("cache/archives/partial"));
    String text =
        """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Dir::State "%1$s/state/";
        Dir::State::status "/var/lib/dpkg/status";
        Dir::Cache "%1$s/cache/";
        Dir::Log "%1$s/log/";
        APT::Sandbox::User "root";
        Acquire::Languages "none";
        Acquire::Retries "3";
        """
            .formatted(work);
    return Files.writeString(work.resolve("apt.conf"), text + more);
  }

  /**
   * A source that has nothing to do with the packages may be out of order; whether they were found
   * shows next.
   */
  static void update(Path conf, Path work) {
    try {
      Commands.run(List.of("apt-get", "-c", conf.toString(), "update"), work, Commands.FETCH_LIMIT);
    } catch (IOException e) {
      LOG.warn("Not all package lists could be fetched: {}", e.getMessage());
    }
  }

  private Set<String> packages(Path conf, Path work) throws IOException {
    Set<String> all = new TreeSet<>();
    all.add(packageName);
    List<String> depends =
        List.of(
            "apt-cache",
            "-c",
            conf.toString(),
            "depends",
            "--recurse",
            "--no-recommends",
            "--no-suggests",
            "--no-conflicts",
            "--no-breaks",
            "--no-replaces",
            "--no-enhances",
            packageName);
    Commands.run(depends, work, LIMIT).lines().filter(companions).forEach(all::add);
    all.addAll(missingLibraries(conf, work));
    return all;
  }

  /**
   * Of what an installation would bring, the libraries that are new here ({@code Inst libx (1.0
   * …)}; an upgrade has {@code [0.9]} in it).
   */
  private Set<String> missingLibraries(Path conf, Path work) throws IOException {
    Set<String> missing = new TreeSet<>();
    List<String> simulation =
        List.of(
            "apt-get",
            "-c",
            conf.toString(),
            "install",
            "--simulate",
            "--no-install-recommends",
            packageName);
    for (String line : Commands.run(simulation, work, LIMIT).lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length > 2
          && words[0].equals("Inst")
          && words[1].startsWith("lib")
          && words[2].startsWith("(")) {
        missing.add(words[1]);
      }
    }
    return missing;
  }

  static void unpack(Path archives, Path root) throws IOException {
    try (DirectoryStream<Path> debs = Files.newDirectoryStream(archives, "*.deb")) {
      for (Path deb : debs) {
        Commands.run(List.of("dpkg-deb", "-x", deb.toString(), root.toString()), archives, LIMIT);
      }
    }
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }
}
