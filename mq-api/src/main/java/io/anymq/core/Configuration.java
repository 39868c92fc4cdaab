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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
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
      ClassLoader loader =
          Objects.requireNonNullElse(
              Thread.currentThread().getContextClassLoader(), Configuration.class.getClassLoader());
      InputStream onClassPath = loader.getResourceAsStream(FILE);
      if (onClassPath != null) {
        files.add(read(onClassPath));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidOptionException("Cannot read " + FILE + ": " + e.getMessage(), e);
    }
    return new Configuration(System.getProperties(), System.getenv(), files);
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
    return options;
  }

  /** The kit's own settings share our prefix and are no options of a connection. */
  private boolean belongsToOther(String key, @Nullable String name) {
    String inner = key.substring(PREFIX.length());
    if (name != null) {
      return false;
    }
    int dot = inner.indexOf('.');
    return dot > 0
        && !inner.startsWith(OptionReader.NATIVE_QUEUE)
        && !inner.startsWith(OptionReader.NATIVE_TOPIC)
        && (inner.startsWith("tck.")
            || find(PREFIX + inner.substring(0, dot + 1) + URL).isPresent());
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

  private static Properties read(InputStream stream) throws IOException {
    try (stream) {
      Properties properties = new Properties();
      properties.load(new java.io.InputStreamReader(stream, StandardCharsets.UTF_8));
      return properties;
    }
  }
}
