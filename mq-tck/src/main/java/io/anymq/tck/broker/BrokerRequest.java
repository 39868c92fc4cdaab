package io.anymq.tck.broker;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a strategy is asked for.
 *
 * @param name the backend's name, as settings have it: {@code rabbitmq}, or {@code rabbitmq@4}
 *     where a version is asked for
 * @param options how the broker is to be set up
 * @param settings where further settings are looked up
 * @param announcer takes sentences for the person in front of the screen, such as one about a
 *     download that begins
 */
public record BrokerRequest(
    String name, BrokerOptions options, BrokerSettings settings, Consumer<String> announcer) {

  /** The version that is asked for, such as {@code 4} or {@code 4.0}; empty: any. */
  public Optional<String> version() {
    int at = name.indexOf('@');
    return at < 0 ? Optional.empty() : Optional.of(name.substring(at + 1));
  }

  /** The kind of broker, without a version. */
  public String kind() {
    int at = name.indexOf('@');
    return at < 0 ? name : name.substring(0, at);
  }

  /** Whether a broker's version is one that is asked for. */
  boolean accepts(String actual) {
    return version().map(asked -> (actual + ".").startsWith(asked + ".")).orElse(true);
  }

  /** A setting of this backend: {@code anymq.tck.<name>.<key>}. */
  public Optional<String> setting(String key) {
    return settings.get("anymq.tck." + name + "." + key);
  }
}
