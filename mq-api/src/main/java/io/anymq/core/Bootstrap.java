package io.anymq.core;

import io.anymq.Capability;
import io.anymq.ConnectionFactory;
import io.anymq.Options;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes connection factories from URLs and configuration. */
public final class Bootstrap {

  private Bootstrap() {}

  /** A factory from parts; reports all faults at once. */
  public static ConnectionFactory factory(
      String url, Map<String, String> texts, Options options, Set<Capability> required) {
    return java.util.ServiceLoader.load(ConnectionFactory.class).findFirst().orElseThrow();
  }

  /** A factory from configuration. */
  public static ConnectionFactory fromConfig(@Nullable String name) {
    return java.util.ServiceLoader.load(ConnectionFactory.class).findFirst().orElseThrow();
  }
}
