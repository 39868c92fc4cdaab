package io.anymq.tck.broker;

import java.util.Locale;

/** Where a broker that the kit uses comes from. */
public enum Provisioning {
  /** Somebody else runs it; its URL is in the settings. The kit starts and ends nothing. */
  EXTERNAL,
  /** The kit runs it in a container. */
  CONTAINER,
  /** The kit runs it as a process of this machine. */
  LOCAL_PROCESS,
  /** It runs inside this JVM. */
  EMBEDDED;

  /**
   * The name used in settings and reports: {@code external}, {@code container}, {@code
   * local-process} or {@code embedded}.
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The constant with that {@linkplain #label() label}.
   *
   * @throws IllegalArgumentException when there is none; the message lists those that there are
   */
  public static Provisioning ofLabel(String label) {
    for (Provisioning each : values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "There is no way of provisioning called '"
            + label
            + "'; known are external, container, local-process, embedded");
  }
}
