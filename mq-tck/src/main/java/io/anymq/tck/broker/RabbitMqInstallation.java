package io.anymq.tck.broker;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * RabbitMQ's programs on this machine: an installation, or packages that were only unpacked.
 *
 * @param server the script that becomes the broker, without the wrapper around it that wants to be
 *     root
 * @param command runs it
 * @param environment what it needs to find Erlang and its libraries
 */
record RabbitMqInstallation(Path server, List<String> command, Map<String, String> environment) {

  private static final String SERVER = "rabbitmq-server";

  /** RabbitMQ's package and Erlang's; the rest of what it depends on is for services and users. */
  private static final DebianPackages PACKAGES =
      new DebianPackages(SERVER, Pattern.compile("erlang-[a-z0-9-]+"));

  private static final Pattern VERSION = Pattern.compile("rabbitmq_server-([0-9.]+)");

  RabbitMqInstallation(Path server, Map<String, String> environment) {
    this(server, List.of(server.toString()), environment);
  }

  /**
   * Finds what is installed, or else fetches the packages; those of the distribution's next release
   * where a version is asked for that this one has not.
   *
   * @throws BrokerUnavailableException when nothing works; the message says what to install
   */
  static RabbitMqInstallation get(BrokerRequest request) {
    if (request.version().isEmpty()) {
      return installed(request.settings()).orElseGet(() -> unpacked(request));
    }
    List<Supplier<RabbitMqInstallation>> ways =
        List.of(
            () -> installed(request.settings()).orElseGet(() -> unpacked(request)),
            () -> ofNextRelease(request));
    List<String> closed = new ArrayList<>();
    for (Supplier<RabbitMqInstallation> way : ways) {
      try {
        RabbitMqInstallation found = way.get();
        if (request.accepts(found.version())) {
          return found;
        }
        closed.add("there is " + found.version());
      } catch (BrokerUnavailableException e) {
        closed.add(e.getMessage());
      }
    }
    throw new BrokerUnavailableException(
        "%s is not here: %s".formatted(request.name(), String.join("; ", closed)));
  }

  /** As the directory is called that its programs are in. */
  private String version() {
    try {
      Matcher matcher = VERSION.matcher(server.toRealPath().toString());
      return matcher.find() ? matcher.group(1) : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static RabbitMqInstallation ofNextRelease(BrokerRequest request) {
    NextRelease release = NextRelease.of(request, List.of(SERVER));
    String inside = "/usr/lib/rabbitmq/bin/" + SERVER;
    return new RabbitMqInstallation(
        release.root().resolve(inside.substring(1)),
        release.entering(inside),
        Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
  }

  /**
   * The {@code rabbitmq-server} on the {@code PATH}. Where it is a wrapper that changes to
   * RabbitMQ's own user, as Debian's is, the script beside the wrapper's real place is taken, which
   * any user may run.
   */
  static Optional<RabbitMqInstallation> installed(BrokerSettings settings) {
    if (Executables.find("erl", settings).isEmpty()) {
      return Optional.empty();
    }
    String path = settings.variable("PATH").orElse("");
    return Executables.find(SERVER, settings)
        .map(RabbitMqInstallation::withoutWrapper)
        .map(server -> new RabbitMqInstallation(server, Map.of("PATH", path)));
  }

  private static Path withoutWrapper(Path program) {
    try {
      Path inner = program.toRealPath().resolveSibling(SERVER);
      return Files.isExecutable(inner) ? inner : program;
    } catch (IOException e) {
      return program;
    }
  }

  private static RabbitMqInstallation unpacked(BrokerRequest request) {
    if (!DebianPackages.supported(request.settings())) {
      throw new BrokerUnavailableException(
          "there is no rabbitmq-server on the PATH, and no apt-get to fetch its packages with: install rabbitmq-server 3.10 or later");
    }
    CacheDirectory cache = CacheDirectory.of(request.settings());
    try {
      return unpacked(
          cache.entry(
              "rabbitmq/" + DebianPackages.system(),
              (part, place) -> unpack(part, place, request)));
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "the packages of rabbitmq-server cannot be had: " + e.getMessage(), e);
    }
  }

  private static void unpack(Path part, Path place, BrokerRequest request) throws IOException {
    if (place.toString().matches(".*\\s.*")) {
      throw new IOException(
          "RabbitMQ's scripts cannot live under a path with blanks; set anymq.cache to another one");
    }
    request
        .announcer()
        .accept(
            "Fetching RabbitMQ's packages from this distribution (about 35 MB, once) and unpacking them into "
                + place
                + "; nothing is installed and no service is set up");
    PACKAGES.unpackInto(part);
    adjust(part, place);
  }

  /** Erlang's scripts have their place written into them. */
  private static void adjust(Path part, Path place) throws IOException {
    Path erlang = part.resolve("usr/lib/erlang");
    Path moved = place.resolve("usr/lib/erlang");
    try (Stream<Path> files =
        Files.find(erlang, 3, (file, a) -> a.isRegularFile() && isScript(file))) {
      for (Path script : files.toList()) {
        String text = Files.readString(script, StandardCharsets.ISO_8859_1);
        Files.writeString(
            script,
            text.replaceAll("(?m)^(\\s*ROOTDIR=)/usr/lib/erlang$", "$1" + moved),
            StandardCharsets.ISO_8859_1);
      }
    }
  }

  private static boolean isScript(Path file) {
    return List.of("erl", "start").contains(file.getFileName().toString());
  }

  private static RabbitMqInstallation unpacked(Path root) {
    String path =
        Stream.of(root.resolve("usr/lib/erlang/bin"), Path.of("/usr/bin"), Path.of("/bin"))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    Map<String, String> environment = new TreeMap<>(Map.of("PATH", path));
    String libraries = libraries(root);
    if (!libraries.isEmpty()) {
      environment.put("LD_LIBRARY_PATH", libraries);
    }
    return new RabbitMqInstallation(
        root.resolve("usr/lib/rabbitmq/bin").resolve(SERVER), environment);
  }

  /**
   * {@code usr/lib/x86_64-linux-gnu} and the like, and {@code lib} as it was before both became
   * one.
   */
  private static String libraries(Path root) {
    return Stream.of(root.resolve("usr/lib"), root.resolve("lib"))
        .filter(Files::isDirectory)
        .flatMap(RabbitMqInstallation::architectures)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Stream<Path> architectures(Path lib) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(lib, "*-linux-*")) {
      List<Path> directories = new ArrayList<>();
      found.forEach(directories::add);
      return directories.stream();
    } catch (IOException e) {
      throw new BrokerException("Could not list " + lib, e);
    }
  }
}
