package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arguments of a sample: {@code --name value}, or {@code --name} alone for a switch. Every
 * sample takes {@code --url}. Immutable.
 */
public final class Arguments {

  private static final String URL = "--url";

  private final Map<String, String> values;

  private Arguments(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads the arguments of a program that takes {@code --url} alone.
   *
   * @param args what the user typed
   * @return the arguments
   * @throws IllegalArgumentException when there is another argument, or the URL is missing
   */
  public static Arguments of(String... args) {
    return of(args, Set.of(), Set.of());
  }

  /**
   * Reads the arguments of a program.
   *
   * @param args what the user typed
   * @param options what takes a value, besides {@code --url}
   * @param switches what takes none
   * @return the arguments
   * @throws IllegalArgumentException when an argument is unknown or has no value; names it
   */
  public static Arguments of(String[] args, Set<String> options, Set<String> switches) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> rest = Arrays.asList(args);
    for (int i = 0; i < rest.size(); i++) {
      String name = rest.get(i);
      if (switches.contains(name)) {
        values.put(name, "true");
      } else if (!name.equals(URL) && !options.contains(name)) {
        throw new IllegalArgumentException("Unknown argument '" + name + "'");
      } else if (++i == rest.size()) {
        throw new IllegalArgumentException("A value is missing after '" + name + "'");
      } else {
        values.put(name, rest.get(i));
      }
    }
    return new Arguments(values);
  }

  /**
   * The backend: the one that {@code --url} names, or else the one that the configuration names
   * ({@code ANYMQ_URL}, {@code mq.properties}), or else a hub inside this JVM.
   */
  public ConnectionFactory backend() {
    String url = values.get(URL);
    return url == null ? ConnectionFactory.fromConfig() : ConnectionFactory.of(url);
  }

  /** An open connection to the {@linkplain #backend() backend}. */
  public Connection connect() {
    return backend().connect();
  }

  /** The value of an option, or its default. */
  public String value(String option, String otherwise) {
    return values.getOrDefault(option, otherwise);
  }

  /** Whether a switch was given. */
  public boolean has(String name) {
    return values.containsKey(name);
  }
}
