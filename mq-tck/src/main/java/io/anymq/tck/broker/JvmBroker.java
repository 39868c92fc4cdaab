package io.anymq.tck.broker;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds a broker that is a Java program in a JVM of its own: a main class, a class path that is
 * nobody else's, arguments.
 *
 * <pre>{@code
 * BrokerHandle hub =
 *     JvmBroker.named("zeromq")
 *         .mainClass("com.example.HubMain")
 *         .classPath(jars)
 *         .arguments(place -> List.of("--port", "" + place.port(BrokerPlace.CLIENTS)))
 *         .url(port -> "zeromq:tcp://127.0.0.1:" + port)
 *         .probe(place -> JvmBroker.logLine(place, Pattern.compile("Hub (\\S+) is ready")))
 *         .start();
 * }</pre>
 *
 * <p>Its standard output and error go to {@link BrokerPlace#log()}. SIGTERM has to end it in an
 * orderly way, which a JVM's shutdown hooks see to. A builder is for one thread and one broker.
 */
public final class JvmBroker {

  /** Kafka takes three seconds on two idle cores, and ten times that on busy ones (seen). */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final int HEAP_MEGABYTES = 512;

  private final String name;
  private @Nullable String mainClass;
  private List<Path> classPath = List.of();
  private Function<BrokerPlace, List<String>> arguments = place -> List.of();
  private @Nullable Function<Integer, String> url;
  private @Nullable Function<BrokerPlace, BrokerProbe> probe;
  private String proxiedRole = BrokerPlace.CLIENTS;

  private JvmBroker(String name) {
    this.name = name;
  }

  /** A broker for the backend of that name. */
  public static JvmBroker named(String name) {
    return new JvmBroker(name);
  }

  /** The class with the main method. Must be given. */
  public JvmBroker mainClass(String className) {
    mainClass = className;
    return this;
  }

  /** The jars and directories that it runs from. Must be given; see {@link #ownClassPath()}. */
  public JvmBroker classPath(List<Path> entries) {
    classPath = List.copyOf(entries);
    return this;
  }

  /** Its arguments, which the place with its ports and directory can go into. None by default. */
  public JvmBroker arguments(Function<BrokerPlace, List<String>> fromPlace) {
    arguments = fromPlace;
    return this;
  }

  /** The URL that clients use, for a port of the loopback interface. Must be given. */
  public JvmBroker url(Function<Integer, String> fromPort) {
    url = fromPort;
    return this;
  }

  /** How to ask whether it is there. Must be given. */
  public JvmBroker probe(Function<BrokerPlace, BrokerProbe> fromPlace) {
    probe = fromPlace;
    return this;
  }

  /**
   * The role of the port that the proxy passes connections on to. {@link BrokerPlace#CLIENTS} by
   * default.
   */
  JvmBroker proxied(String role) {
    proxiedRole = role;
    return this;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @throws BrokerException when it ends or does not answer within two minutes, with the tail of
   *     its log
   */
  public BrokerHandle start() {
    BrokerPlace place = BrokerPlace.create(name);
    ProcessBroker.Spec spec;
    try {
      spec = spec(place);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
    return ProcessBroker.start(spec);
  }

  private ProcessBroker.Spec spec(BrokerPlace place) {
    Function<Integer, String> toUrl = requireNonNull(url, "url");
    return new ProcessBroker.Spec(
        name,
        place,
        command(place),
        environment(),
        toUrl.apply(place.port(BrokerPlace.CLIENTS)),
        toUrl.apply(place.proxyPort()),
        Optional.empty(),
        place.port(proxiedRole),
        requireNonNull(probe, "probe").apply(place),
        START_LIMIT);
  }

  private List<String> command(BrokerPlace place) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + HEAP_MEGABYTES + "m");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Djava.io.tmpdir=" + place.directory());
    command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
    command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS");
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(requireNonNull(mainClass, "mainClass"));
    command.addAll(arguments.apply(place));
    return command;
  }

  /**
   * Without what would make this JVM's options or agents, such as a debugger's port, those of the
   * broker too.
   */
  private static Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"));
    return environment;
  }

  /** The class path of this JVM, for a broker that is made of classes which a test has anyway. */
  public static List<Path> ownClassPath() {
    String entries =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    return split(entries);
  }

  private static List<Path> split(String entries) {
    List<Path> paths = new ArrayList<>();
    for (String entry : entries.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        paths.add(Path.of(entry).toAbsolutePath());
      }
    }
    return paths;
  }

  /**
   * A probe that waits for a line in the log of the present run; the first group of the pattern is
   * the version.
   */
  public static BrokerProbe logLine(BrokerPlace place, Pattern pattern) {
    return () ->
        BrokerLog.find(place.log(), place.runStart(), pattern)
            .orElseThrow(() -> new IOException("No line in its log matches " + pattern));
  }
}
