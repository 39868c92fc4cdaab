package io.anymq.rabbit;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Secrets;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, taken from a URL. Not by {@link java.net.URI}, which takes no underscore in a
 * host's name, and finds a host in what is left of a list of several.
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

  /** AMQP's URI scheme: one path segment, percent-encoded. A lone slash counts as none. */
  private static final Pattern FORM =
      Pattern.compile(
          "//(?<host>\\[[0-9A-Fa-f:.%]+]|[^\\s/:?#@,\\[\\]]+)"
              + "(?::(?<port>\\d{1,5}))?(?:/(?<path>[^\\s/?#@]*))?");

  /**
   * Reads a URL.
   *
   * @throws InvalidOptionException when it is not of the form that the message tells
   */
  static RabbitAddress of(BrokerUrl url) {
    boolean tls = url.scheme().equals(TLS_SCHEME);
    if (url.address().contains(",")) {
      throw severalHosts(url);
    }
    Matcher parts = FORM.matcher(url.address());
    if (!parts.matches()) {
      throw malformed(url);
    }
    return new RabbitAddress(
        unbracketed(parts.group("host")),
        port(parts.group("port"), tls, url),
        virtualHost(parts.group("path"), url),
        tls);
  }

  private static int port(@Nullable String text, boolean tls, BrokerUrl url) {
    int port = text == null ? (tls ? TLS_PORT : PLAIN_PORT) : Integer.parseInt(text);
    if (port < 1 || port > MAX_PORT) {
      throw malformed(url);
    }
    return port;
  }

  private static String virtualHost(@Nullable String path, BrokerUrl url) {
    if (path == null || path.isEmpty()) {
      return DEFAULT_VIRTUAL_HOST;
    }
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed(url); // the cause would print a part of the URL
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static InvalidOptionException malformed(BrokerUrl url) {
    return new InvalidOptionException(
        "'%s' is not the URL of a RabbitMQ broker: use %s://[user:password@]host[:port][/virtual-host],"
                .formatted(Secrets.mask(url.toString()), url.scheme())
            + " and inside a user, a password or a virtual host write / as %2F, ? as %3F and @ as"
            + " %40");
  }

  private static InvalidOptionException severalHosts(BrokerUrl url) {
    return new InvalidOptionException(
        "'%s' names several hosts, and this adapter connects to one: use %s://[user:password@]host[:port][/virtual-host]"
                .formatted(Secrets.mask(url.toString()), url.scheme())
            + " with the address of the node, or of a load balancer in front of the cluster");
  }
}
