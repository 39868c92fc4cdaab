package io.anymq.tck.broker.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.common.ShareVersion;

/**
 * Formats the storage where that has not been done, then runs Kafka's own main in the same JVM.
 *
 * <p>Formatting here and not in a process of its own saves the start of a JVM, which is half of the
 * time a fresh broker takes. The one argument is the broker's properties file.
 */
public final class KafkaBrokerMain {

  private KafkaBrokerMain() {}

  /**
   * Runs the broker until its process is ended.
   *
   * @param args the path of the broker's properties file
   * @throws IOException when that file cannot be read
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("Give one argument: the broker's properties file");
    }
    String settings = args[0];
    if (!isFormatted(Path.of(settings))) {
      format(settings);
    }
    Kafka.main(new String[] {settings});
  }

  private static boolean isFormatted(Path settings) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(settings)) {
      properties.load(reader);
    }
    return Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"));
  }

  /**
   * Share groups are asked for by name: whether a release switches them on by itself has changed
   * from one to the next.
   */
  private static void format(String settings) {
    int exit =
        StorageTool.execute(
            new String[] {
              "format",
              "--cluster-id",
              Uuid.randomUuid().toString(),
              "--config",
              settings,
              "--feature",
              ShareVersion.FEATURE_NAME + "=" + ShareVersion.LATEST_PRODUCTION.featureLevel()
            },
            System.out);
    if (exit != 0) {
      throw new IllegalStateException(
          "The storage could not be formatted; what Kafka said is in the lines above");
    }
  }
}
