package io.anymq.spi;

import io.anymq.Destination;
import java.util.Map;
import java.util.Optional;

/**
 * Native names of destinations, set by configuration, so that topologies that exist already can be
 * used: {@code native-queue.<portable>=<native>}, {@code native-topic.<portable>=<native>}.
 *
 * @param names the native names by destination
 */
public record NativeNames(Map<Destination, String> names) {

  /** Keeps an immutable copy. */
  public NativeNames {
    names = Map.copyOf(names);
  }

  /** No destination has a native name of its own. */
  public static NativeNames none() {
    return new NativeNames(Map.of());
  }

  /**
   * The native name that configuration gives a destination.
   *
   * @param destination the destination
   * @return its native name, or empty when the adapter's own mapping applies
   */
  public Optional<String> of(Destination destination) {
    return Optional.ofNullable(names.get(destination));
  }
}
