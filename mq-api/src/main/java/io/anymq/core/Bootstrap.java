package io.anymq.core;

import io.anymq.Capability;
import io.anymq.ConnectionFactory;
import io.anymq.InvalidOptionException;
import io.anymq.Options;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes connection factories from URLs and configuration: the door from the API into the core. */
public final class Bootstrap {

  private Bootstrap() {}

  /**
   * A factory from parts.
   *
   * @param url the URL, options in its query
   * @param texts options as text; they win over the URL's query
   * @param options typed options; they win over both
   * @param required capabilities that {@code connect} insists on
   * @return the factory
   * @throws InvalidOptionException naming every fault
   */
  public static ConnectionFactory factory(
      String url, Map<String, String> texts, Options options, Set<Capability> required) {
    UrlParser.Parsed parsed = UrlParser.parse(url);
    BrokerUrl brokerUrl = parsed.url();
    Backend backend = Backends.forScheme(brokerUrl.scheme());
    Map<String, String> all = new LinkedHashMap<>(parsed.query());
    all.putAll(texts);
    List<String> faults = new ArrayList<>();
    try {
      backend.validate(brokerUrl);
    } catch (InvalidOptionException e) {
      faults.add(e.getMessage());
    }
    OptionReader reader = new OptionReader(backend, faults);
    Options read = reader.read(all).merge(options);
    if (!faults.isEmpty()) {
      throw new InvalidOptionException(
          "Cannot use " + brokerUrl + ": " + String.join("; ", faults));
    }
    Set<Capability> copy = EnumSet.noneOf(Capability.class);
    copy.addAll(required);
    return new DefaultConnectionFactory(backend, brokerUrl, read, reader.names(), copy);
  }

  /**
   * A factory from configuration.
   *
   * @param name the connection's name, or null for the unnamed one
   * @return the factory
   * @throws InvalidOptionException naming every fault
   */
  public static ConnectionFactory fromConfig(@Nullable String name) {
    Configuration configuration = Configuration.load();
    String url = configuration.url(name);
    Backend backend = Backends.forScheme(UrlParser.parse(url).url().scheme());
    return factory(
        url, configuration.options(name, OptionReader.known(backend)), Options.none(), Set.of());
  }
}
