package io.anymq.tck.broker;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a strategy is asked for.
 *
 * @param name the backend's name
 * @param options how the broker is to be set up
 * @param settings where further settings are looked up
 * @param announcer takes sentences for the person in front of the screen, such as one about a
 *     download that begins
 */
public record BrokerRequest(
    String name, BrokerOptions options, BrokerSettings settings, Consumer<String> announcer) {

  /** A setting of this backend: {@code anymq.tck.<name>.<key>}. */
  public Optional<String> setting(String key) {
    return settings.get("anymq.tck." + name + "." + key);
  }
}
