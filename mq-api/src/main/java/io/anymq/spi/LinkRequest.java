package io.anymq.spi;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import java.time.Duration;
import java.util.Optional;

/**
 * What a link is made for.
 *
 * @param url the URL
 * @param options the connection's options, the adapter's own included
 * @param names native names of destinations, by configuration
 * @param listener is told when the link is lost
 */
public record LinkRequest(
    BrokerUrl url, Options options, NativeNames names, LinkListener listener) {

  /** How long connecting may take. */
  public Duration connectTimeout() {
    return options.get(ConnectionOptions.CONNECT_TIMEOUT);
  }

  /** How long one request to the broker may take. */
  public Duration operationTimeout() {
    return options.get(ConnectionOptions.OPERATION_TIMEOUT);
  }

  /** The user, from the URL or the options. */
  public Optional<String> user() {
    return url.user().or(() -> options.find(ConnectionOptions.USER));
  }

  /** The password, from the URL or the options. */
  public Optional<String> password() {
    return url.password().or(() -> options.find(ConnectionOptions.PASSWORD));
  }
}
