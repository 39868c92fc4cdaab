package io.anymq.rabbit;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, taken from a URL.
 *
 * @param host the host's name or address
 * @param port the port
 * @param virtualHost the virtual host, decoded; {@code /} when the URL names none
 * @param tls whether to speak TLS
 */
record RabbitAddress(String host, int port, String virtualHost, boolean tls) {

  static final String PLAIN_SCHEME = "amqp";
  static final String TLS_SCHEME = "amqps";

  /** The ports that IANA lists for the two schemes. */
  private static final int PLAIN_PORT = 5672;

  private static final int TLS_PORT = 5671;
  private static final int MAX_PORT = 65_535;
  private static final String DEFAULT_VIRTUAL_HOST = "/";

  /**
   * Reads a URL.
   *
   * @throws InvalidOptionException when it is not of the form that the message tells
   */
  static RabbitAddress of(BrokerUrl url) {
    boolean tls = url.scheme().equals(TLS_SCHEME);
    URI uri = parse(url);
    String host = uri.getHost();
    boolean foreign = uri.getRawQuery() != null || uri.getRawFragment() != null;
    int port = uri.getPort() == -1 ? (tls ? TLS_PORT : PLAIN_PORT) : uri.getPort();
    if (host == null || foreign || port < 1 || port > MAX_PORT) {
      throw malformed(url, null);
    }
    return new RabbitAddress(unbracketed(host), port, virtualHost(uri, url), tls);
  }

  private static URI parse(BrokerUrl url) {
    try {
      return new URI(url.scheme() + ":" + url.address());
    } catch (URISyntaxException e) {
      throw malformed(url, e);
    }
  }

  /** AMQP's URI scheme: one path segment, percent-encoded. A lone slash counts as none. */
  private static String virtualHost(URI uri, BrokerUrl url) {
    String path = uri.getRawPath();
    if (path == null || path.length() <= 1) {
      return DEFAULT_VIRTUAL_HOST;
    }
    if (path.indexOf('/', 1) >= 0) {
      throw malformed(url, null);
    }
    return uri.getPath().substring(1);
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static InvalidOptionException malformed(BrokerUrl url, @Nullable Exception cause) {
    return new InvalidOptionException(
        "'%s' is not the URL of a RabbitMQ broker: use %s://[user:password@]host[:port][/virtual-host],"
                .formatted(url, url.scheme())
            + " with a slash inside the virtual host's name written as %2F",
        cause);
  }
}
