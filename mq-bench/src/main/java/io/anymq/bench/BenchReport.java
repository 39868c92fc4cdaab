package io.anymq.bench;

import java.util.List;
import java.util.Locale;

/**
 * All that was measured; the content of {@code bench.json}.
 *
 * @param host where it was measured
 * @param results for each backend and case the native client, then AnyMQ
 */
public record BenchReport(Host host, List<BenchResult> results) {

  /**
   * The machine: a figure means nothing without it.
   *
   * @param os the operating system with its version and architecture
   * @param cpus how many processors this JVM may use
   * @param java the version of this JVM
   */
  public record Host(String os, int cpus, String java) {

    /** This one. */
    static Host current() {
      return new Host(
          "%s %s %s"
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.version"),
                  System.getProperty("os.arch").toLowerCase(Locale.ROOT)),
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.version"));
    }
  }

  /** Copies the list. */
  public BenchReport {
    results = List.copyOf(results);
  }
}
