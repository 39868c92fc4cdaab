package io.anymq.zeromq;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Versions as the build wrote them down. */
final class Version {

  private static final String PRODUCT = read("/io/anymq/zeromq/version.properties");
  private static final String JEROMQ = read("/META-INF/maven/org.zeromq/jeromq/pom.properties");

  private Version() {}

  /** This module's version, which is the hub's. */
  static String product() {
    return PRODUCT;
  }

  /** The version of the ZeroMQ library. */
  static String jeromq() {
    return JEROMQ;
  }

  private static String read(String resource) {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
    return properties.getProperty("version", "unknown");
  }
}
