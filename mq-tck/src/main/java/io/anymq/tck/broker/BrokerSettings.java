package io.anymq.tck.broker;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the kit looks up how to get its brokers: the system property first ({@code
 * anymq.tck.rabbitmq.url}), then the environment variable of the same name in capitals ({@code
 * ANYMQ_TCK_RABBITMQ_URL}). An empty value is none.
 */
public final class BrokerSettings {

  private final Lookup properties;
  private final Lookup environment;

  /** A map that may be asked for any key. */
  @FunctionalInterface
  private interface Lookup {
    @Nullable String get(String key);
  }

  private BrokerSettings(Lookup properties, Lookup environment) {
    this.properties = properties;
    this.environment = environment;
  }

  /** This JVM's system properties and environment. */
  public static BrokerSettings system() {
    return new BrokerSettings(System::getProperty, System::getenv);
  }

  /** The same, with some properties set to other values. */
  public BrokerSettings with(String property, String value) {
    return new BrokerSettings(
        key -> key.equals(property) ? value : properties.get(key), environment);
  }

  /** The same, with a variable of the environment set to another value. */
  BrokerSettings withVariable(String variable, String value) {
    return new BrokerSettings(
        properties, key -> key.equals(variable) ? value : environment.get(key));
  }

  /** The value of a setting by its property's name. */
  public Optional<String> get(String property) {
    return first(properties.get(property), environment.get(nameOfVariable(property)));
  }

  /** The value of a variable of the environment that is not the kit's own, such as {@code PATH}. */
  Optional<String> variable(String variable) {
    return first(environment.get(variable), null);
  }

  private static String nameOfVariable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static Optional<String> first(@Nullable String preferred, @Nullable String other) {
    return Optional.ofNullable(preferred)
        .or(() -> Optional.ofNullable(other))
        .filter(value -> !value.isBlank());
  }
}
