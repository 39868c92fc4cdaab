package io.anymq.activemq;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerPlace;
import io.anymq.tck.broker.JvmBroker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/** The kit's Artemis with {@code persistence-enabled=false}, which a system property of it sets. */
final class VolatileArtemis {

  private static final String MAIN = "io.anymq.tck.broker.artemis.ArtemisBrokerMain";
  private static final String JARS = "META-INF/anymq/artemis.jars";
  private static final Pattern STARTED = Pattern.compile("Message Broker version (\\S+) ");

  private VolatileArtemis() {}

  static BrokerHandle start() {
    return JvmBroker.named("artemis")
        .mainClass("-Dbrokerconfig.persistenceEnabled=false") // before the main class's name
        .classPath(classPath())
        .arguments(place -> List.of(MAIN, settings(place).toString()))
        .url(port -> "activemq:tcp://127.0.0.1:" + port)
        .probe(place -> JvmBroker.logLine(place, STARTED))
        .start();
  }

  private static Path settings(BrokerPlace place) {
    return place.write(
        "broker.properties",
        "connector=tcp://127.0.0.1:%d%ndata=%s%n"
            .formatted(place.port(BrokerPlace.CLIENTS), place.directory().resolve("data")));
  }

  /** As the kit lists it: within the local repository that SLF4J came from. */
  private static List<Path> classPath() {
    URL list = VolatileArtemis.class.getClassLoader().getResource(JARS);
    if (list == null) {
      throw new AssertionError("There is no " + JARS + " on the class path");
    }
    String place = list.toString();
    String own = place.replaceFirst("^jar:", "").replaceFirst("!?/?" + JARS + "$", "");
    try (InputStream in = list.openStream()) {
      List<Path> entries = new ArrayList<>(List.of(Path.of(URI.create(own))));
      Path slf4j =
          Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().getPath());
      Path repository = slf4j.resolve("../../../../..").normalize();
      for (String jar :
          new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split(";", -1)) {
        entries.add(repository.resolve(jar.replace("@repository/", "")));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
