package io.anymq.samples;

import java.util.UUID;

/** Names for one run of a sample, so that two runs on one broker do not disturb each other. */
public final class Names {

  private Names() {}

  /**
   * A name that nobody else uses.
   *
   * @param name what it begins with
   * @return the name, followed by eight random characters
   */
  public static String unique(String name) {
    return name + "." + UUID.randomUUID().toString().substring(0, 8);
  }
}
