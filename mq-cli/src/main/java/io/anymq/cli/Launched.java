package io.anymq.cli;

import java.nio.file.Path;

/**
 * What the launcher says about itself.
 *
 * @param home the project's directory
 * @param terminal whether the standard output is a terminal
 * @param columns how wide that is
 */
record Launched(Path home, boolean terminal, int columns) {

  private static final int COLUMNS = 100;

  /**
   * Reads it.
   *
   * @throws IllegalStateException when this program was started in another way
   */
  static Launched byTheLauncher() {
    String home = System.getProperty("mq.home");
    if (home == null) {
      throw new IllegalStateException(
          "This command needs the sources; run it as ./mq in a checkout");
    }
    return new Launched(
        Path.of(home),
        Boolean.getBoolean("mq.terminal"),
        Integer.getInteger("mq.columns", COLUMNS));
  }
}
