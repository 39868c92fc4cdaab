package io.anymq.cli;

/**
 * How much of the log is shown. The commands print their own results; the log, the native clients'
 * above all, is for who asks for it.
 */
final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /** Must be called before the first logger is made. */
  static void set(boolean verbose) {
    System.setProperty(PREFIX + "defaultLogLevel", verbose ? "info" : "off");
    System.setProperty(PREFIX + "log.io.anymq", verbose ? "debug" : "error");
    System.setProperty(PREFIX + "log.org.apache.kafka", verbose ? "warn" : "off");
  }
}
