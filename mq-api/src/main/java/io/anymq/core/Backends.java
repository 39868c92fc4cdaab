package io.anymq.core;

import io.anymq.InvalidOptionException;
import io.anymq.spi.Backend;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds adapters on the class path. */
final class Backends {

  private Backends() {}

  static Backend forScheme(String scheme) {
    return ServiceLoader.load(Backend.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(backend -> backend.schemes().contains(scheme))
        .findFirst()
        .orElseThrow(() -> new InvalidOptionException(explain(scheme)));
  }

  private static String explain(String scheme) {
    String there =
        ServiceLoader.load(Backend.class).stream()
            .map(ServiceLoader.Provider::get)
            .map(backend -> backend.name() + " (" + String.join(", ", backend.schemes()) + ")")
            .collect(Collectors.joining(", "));
    return "No adapter on the class path serves the scheme '%s'; there are: %s. Add the adapter's module (mq-zeromq, mq-rabbit, mq-activemq, mq-kafka) or correct the URL"
        .formatted(scheme, there.isEmpty() ? "none" : there);
  }
}
