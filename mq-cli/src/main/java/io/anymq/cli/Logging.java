package io.anymq.cli;

import java.nio.file.Path;

/**
 * How much of the log is shown. The commands print their own results; the log, the native clients'
 * above all, is for who asks for it. What is said about getting brokers is for everybody: it may
 * mean a download.
 */
final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /** Must be called before the first logger is made. */
  static void set(boolean verbose) {
    System.setProperty(PREFIX + "defaultLogLevel", verbose ? "info" : "off");
    System.setProperty(PREFIX + "log.io.anymq", verbose ? "debug" : "error");
    System.setProperty(PREFIX + "log.io.anymq.tck.broker", verbose ? "debug" : "info");
    System.setProperty(PREFIX + "log.org.apache.kafka", verbose ? "warn" : "off");
    System.setProperty(PREFIX + "showThreadName", String.valueOf(verbose));
    System.setProperty(PREFIX + "showLogName", String.valueOf(verbose));
  }

  /**
   * The log goes to a file: where faults are caused on purpose, what is logged of them is for who
   * looks into one. Must be called before the first logger is made; does nothing when the log was
   * asked for.
   */
  static void toFile(Path file) {
    if (!"info".equals(System.getProperty(PREFIX + "defaultLogLevel"))) {
      System.setProperty(PREFIX + "logFile", file.toString());
      System.setProperty(PREFIX + "log.io.anymq", "warn");
    }
  }
}
