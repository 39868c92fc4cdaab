package io.anymq;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one connection can do, true for its broker as that is configured. Immutable.
 *
 * @param backend the backend's name, for messages
 * @param support how each capability is come by; what is not in the map is unsupported
 * @param advice for unsupported ones, where there is a way: a sentence that says how to get them
 */
public record Capabilities(
    String backend, Map<Capability, Support> support, Map<Capability, String> advice) {

  /** Fills in what the map leaves out, and keeps an immutable copy. */
  public Capabilities {
    requireNonNull(backend, "backend must not be null");
    requireNonNull(support, "support must not be null");
    requireNonNull(advice, "advice must not be null");
    Map<Capability, Support> all = new EnumMap<>(Capability.class);
    for (Capability capability : Capability.values()) {
      all.put(capability, support.getOrDefault(capability, Support.UNSUPPORTED));
    }
    support = Collections.unmodifiableMap(all);
    advice = Map.copyOf(advice);
  }

  /**
   * Tells whether a capability is declared.
   *
   * @param capability what is asked for
   * @return whether it works on this connection
   */
  public boolean supports(Capability capability) {
    requireNonNull(capability, "capability must not be null");
    return support.get(capability) != Support.UNSUPPORTED;
  }

  /**
   * Refuses when a capability is not declared.
   *
   * @param capability what is asked for
   * @throws UnsupportedCapabilityException when it is not declared
   */
  public void require(Capability capability) {
    if (!supports(capability)) {
      throw new UnsupportedCapabilityException(
          "%s does not support %s on this connection; %s"
              .formatted(
                  backend,
                  capability,
                  advice.getOrDefault(
                      capability, "see Connection.capabilities() for what it does")));
    }
  }
}
