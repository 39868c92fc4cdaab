package io.anymq.core;

import io.anymq.ConnectionFactory;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connections by configuration. A key is looked up as a system property, then in the environment
 * ({@code anymq.send-window} as {@code ANYMQ_SEND_WINDOW}), then in {@code mq.properties} in the
 * working directory, then in {@code mq.properties} on the class path; the first that has it wins.
 */
final class Configuration {

  static final String FILE = "mq.properties";
  private static final String PREFIX = "anymq.";
  private static final String URL = "url";
  private static final String VARIABLES = "ANYMQ_";
  private static final String URL_VARIABLE = "_URL";

  private final Properties system;
  private final Map<String, String> environment;
  private final List<Properties> files;

  Configuration(Properties system, Map<String, String> environment, List<Properties> files) {
    this.system = system;
    this.environment = environment;
    this.files = files;
  }

  static Configuration load() {
    List<Properties> files = new ArrayList<>();
    Path local = Path.of(FILE);
    try {
      if (Files.isRegularFile(local)) {
        files.add(read(Files.newInputStream(local)));
      }
      InputStream onClassPath = onClassPath();
      if (onClassPath != null) {
        files.add(read(onClassPath));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidOptionException("Cannot read " + FILE + ": " + e.getMessage(), e);
    }
    return new Configuration(System.getProperties(), System.getenv(), files);
  }

  /** As adapters are: through the loader of the context, and the one that loaded this library. */
  private static @Nullable InputStream onClassPath() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    InputStream found = context == null ? null : context.getResourceAsStream(FILE);
    return found == null ? Configuration.class.getClassLoader().getResourceAsStream(FILE) : found;
  }

  /** Whether a URL is configured, or the default holds. */
  boolean hasUrl(@Nullable String name) {
    return find(prefix(name) + URL).isPresent();
  }

  String url(@Nullable String name) {
    String key = prefix(name) + URL;
    Optional<String> found = find(key);
    if (found.isEmpty() && name != null) {
      throw new InvalidOptionException(
          "There is no connection '%s' in the configuration: set %s as a system property, %s in the environment, or %s in %s"
              .formatted(name, key, environmentName(key), key, FILE));
    }
    return found.orElse(ConnectionFactory.DEFAULT_URL);
  }

  /**
   * The options' texts; unknown keys are passed on, so that they are refused with all other faults.
   */
  Map<String, String> options(@Nullable String name, List<Option<?>> known) {
    String prefix = prefix(name);
    Map<String, String> options = new LinkedHashMap<>();
    for (String key : keys()) {
      if (key.startsWith(prefix) && !key.equals(prefix + URL) && !belongsToOther(key, name)) {
        find(key).ifPresent(value -> options.put(key.substring(prefix.length()), value));
      }
    }
    for (Option<?> option : known) {
      find(prefix + option.key()).ifPresent(value -> options.put(option.key(), value));
    }
    for (String begin : List.of(OptionReader.NATIVE_QUEUE, OptionReader.NATIVE_TOPIC)) {
      spelledNames(prefix, begin).forEach(options::putIfAbsent);
    }
    return options;
  }

  /** Native names from the environment, whose variables cannot spell every portable name. */
  private Map<String, String> spelledNames(String prefix, String begin) {
    String head = environmentName(prefix + begin);
    Map<String, String> names = new LinkedHashMap<>();
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(head)) {
            names.put(begin + OptionReader.SPELLED + variable.substring(head.length()), value);
          }
        });
    return names;
  }

  /**
   * Settings that would mean nothing, wherever they stand, each with a sentence. The default would
   * silently hold in the place of a mistyped one.
   */
  List<String> faults(@Nullable String name, List<Option<?>> known, Set<String> ofAnyAdapter) {
    List<String> faults = new ArrayList<>();
    for (Properties file : files) {
      file.stringPropertyNames().stream()
          .filter(key -> !key.startsWith(PREFIX))
          .sorted()
          .forEach(key -> faults.add(unprefixed(key)));
    }
    String own = environmentName(prefix(name));
    Set<String> ownWords = words(known.stream().map(Option::key).toList());
    Set<String> others = words(ofAnyAdapter);
    environment.keySet().stream()
        .filter(variable -> variable.startsWith(VARIABLES) && !isOfTheKit(variable))
        .sorted()
        .forEach(variable -> check(variable, own, ownWords, others, faults));
    keys().stream()
        .filter(key -> key.startsWith(PREFIX) && belongsToOther(key, name))
        .filter(key -> !isOfTheKit(environmentName(key)))
        .forEach(key -> checkOther(key, others, faults));
    return faults;
  }

  /** What may follow a connection's prefix, spelled as in the environment. */
  private static Set<String> words(Collection<String> options) {
    Set<String> words = new TreeSet<>();
    words.add(environmentName(URL));
    options.forEach(option -> words.add(environmentName(option)));
    return words;
  }

  private void check(
      String variable, String own, Set<String> ownWords, Set<String> others, List<String> faults) {
    String prefix = prefixOf(variable);
    Set<String> words = prefix.equals(own) ? ownWords : others;
    if (!isWord(variable.substring(prefix.length()), words)) {
      faults.add(unknownVariable(variable, prefix, words));
    }
  }

  /** A property of a connection that is not the one asked for. */
  private void checkOther(String key, Set<String> words, List<String> faults) {
    String variable = environmentName(key);
    if (!isWord(variable.substring(prefixOf(variable).length()), words)) {
      faults.add("'%s' is no setting of any connection".formatted(key));
    }
  }

  private static boolean isWord(String word, Set<String> words) {
    return words.contains(word)
        || word.startsWith(environmentName(OptionReader.NATIVE_QUEUE))
        || word.startsWith(environmentName(OptionReader.NATIVE_TOPIC));
  }

  /** The prefix of the connection that a variable is for: the longest that is there. */
  private String prefixOf(String variable) {
    return namedPrefixes()
        .filter(variable::startsWith)
        .max(Comparator.comparingInt(String::length))
        .orElse(VARIABLES);
  }

  private static boolean isOfTheKit(String variable) {
    return variable.startsWith("ANYMQ_TCK_") || variable.equals("ANYMQ_CACHE");
  }

  private static String unprefixed(String key) {
    return "'%s' in %s begins with no '%s', as all settings do: write %s%s"
        .formatted(key, FILE, PREFIX, PREFIX, key);
  }

  private static String unknownVariable(String variable, String prefix, Set<String> words) {
    return "the environment variable %s is no setting%s"
        .formatted(
            variable,
            Similar.to(variable.substring(prefix.length()), words)
                .map(meant -> "; did you mean %s%s?".formatted(prefix, meant))
                .orElse(" of this connection or of a named one"));
  }

  private Stream<String> namedPrefixes() {
    Stream<String> variables =
        environment.keySet().stream()
            .filter(each -> each.startsWith(VARIABLES) && each.endsWith(URL_VARIABLE))
            .map(each -> each.substring(0, each.length() - URL_VARIABLE.length() + 1))
            .filter(each -> each.length() > VARIABLES.length());
    Stream<String> properties =
        keys().stream()
            .filter(each -> each.startsWith(PREFIX) && each.endsWith("." + URL))
            .map(each -> environmentName(each.substring(0, each.length() - URL.length())))
            .filter(each -> each.length() > VARIABLES.length());
    return Stream.concat(variables, properties);
  }

  /** The kit's own settings share our prefix and are no options of a connection. */
  private boolean belongsToOther(String key, @Nullable String name) {
    if (name != null) {
      return !key.startsWith(prefix(name));
    }
    String inner = key.substring(PREFIX.length());
    int dot = inner.indexOf('.');
    return inner.equals("cache")
        || (dot > 0
            && !inner.startsWith(OptionReader.NATIVE_QUEUE)
            && !inner.startsWith(OptionReader.NATIVE_TOPIC)
            && (inner.startsWith("tck.")
                || find(PREFIX + inner.substring(0, dot + 1) + URL).isPresent()));
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>(system.stringPropertyNames());
    files.forEach(file -> keys.addAll(file.stringPropertyNames()));
    return keys.stream().distinct().sorted().toList();
  }

  private Optional<String> find(String key) {
    List<Function<String, @Nullable String>> places = new ArrayList<>();
    places.add(system::getProperty);
    places.add(k -> environment.get(environmentName(k)));
    files.forEach(file -> places.add(file::getProperty));
    return places.stream().map(place -> place.apply(key)).filter(Objects::nonNull).findFirst();
  }

  private static String prefix(@Nullable String name) {
    return name == null ? PREFIX : PREFIX + name + ".";
  }

  private static String environmentName(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /**
   * Properties of which none stands twice with different values: one of the two would be ignored.
   */
  private static final class OnceEach extends Properties {

    private static final long serialVersionUID = 1;

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
      Object before = super.put(key, value);
      if (before != null && !before.equals(value)) {
        throw new InvalidOptionException(
            "%s sets '%s' twice, to different values".formatted(FILE, key));
      }
      return before;
    }
  }

  static Properties read(InputStream stream) throws IOException {
    try (stream) {
      Properties properties = new OnceEach();
      properties.load(new java.io.InputStreamReader(stream, StandardCharsets.UTF_8));
      return properties;
    }
  }
}
