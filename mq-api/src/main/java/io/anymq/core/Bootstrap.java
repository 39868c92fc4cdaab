package io.anymq.core;

import io.anymq.Capability;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.Options;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Secrets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connection factories from URLs and configuration: the door from the API into the core. */
public final class Bootstrap {

  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

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
    return factory(url, texts, options, required, new ArrayList<>());
  }

  private static ConnectionFactory factory(
      String url,
      Map<String, String> texts,
      Options options,
      Set<Capability> required,
      List<String> faults) {
    UrlParser.Parsed parsed = UrlParser.parse(url);
    BrokerUrl brokerUrl = parsed.url();
    Backend backend = Backends.forScheme(brokerUrl.scheme());
    Map<String, String> all = new LinkedHashMap<>(parsed.query());
    all.putAll(texts);
    try {
      backend.validate(brokerUrl);
    } catch (InvalidOptionException e) {
      faults.add(masked(e, brokerUrl.address()));
    }
    OptionReader reader = new OptionReader(backend, faults);
    Options read = reader.read(all).merge(reader.checked(options));
    checkOnce(brokerUrl.user(), read, ConnectionOptions.USER, faults);
    checkOnce(brokerUrl.password(), read, ConnectionOptions.PASSWORD, faults);
    if (!faults.isEmpty()) {
      throw new InvalidOptionException(
          "Cannot use " + brokerUrl + ": " + String.join("; ", faults));
    }
    Set<Capability> copy = EnumSet.noneOf(Capability.class);
    copy.addAll(required);
    return new DefaultConnectionFactory(backend, brokerUrl, read, reader.names(), copy);
  }

  /** What an adapter says of an address: it may quote it, and a password may stand in it. */
  private static String masked(InvalidOptionException fault, String address) {
    return String.valueOf(fault.getMessage()).replace(address, Secrets.maskAddress(address));
  }

  /** Of two values one would be ignored, and a user could get another one's password. */
  private static void checkOnce(
      Optional<String> ofUrl, Options options, Option<String> option, List<String> faults) {
    Optional<String> ofOption = options.find(option);
    if (ofUrl.isPresent() && ofOption.isPresent() && !ofUrl.equals(ofOption)) {
      faults.add(
          "the %1$s stands in the URL, and the option '%1$s' is set to something else: give one"
              .formatted(option.key()));
    }
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
    List<Option<?>> known = OptionReader.known(backend);
    List<String> faults = new ArrayList<>(configuration.faults(name, known, Backends.allOptions()));
    Map<String, String> texts = configuration.options(name, known);
    ConnectionFactory factory = factory(url, texts, Options.none(), Set.of(), faults);
    if (!configuration.hasUrl(name)) {
      LOG.warn(
          "No URL is configured, so connections go to {}: in memory, nothing is persistent. Set anymq.url, ANYMQ_URL or anymq.url in {}",
          url,
          Configuration.FILE);
    }
    return factory;
  }
}
