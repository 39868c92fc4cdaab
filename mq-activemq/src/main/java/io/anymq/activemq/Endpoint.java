package io.anymq.activemq;

import io.anymq.InvalidOptionException;
import io.anymq.spi.Secrets;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Where a broker listens.
 *
 * @param transport {@code tcp} or {@code ssl}
 * @param host the host's name or address; an IPv6 address in brackets
 * @param port the port
 */
record Endpoint(String transport, String host, int port) {

  /** The port of a transport connector in the broker's own example configuration. */
  private static final int DEFAULT_PORT = 61616;

  private static final int MAX_PORT = 65535;
  private static final Set<String> TRANSPORTS = Set.of("tcp", "ssl");
  private static final String FORM =
      "write activemq:tcp://host:61616, or activemq:ssl://host:61617 for TLS";

  private static final String ESCAPES =
      "; in a user or a password write / as %2F, ? as %3F, # as %23 and @ as %40";

  /**
   * Reads an address.
   *
   * @param address what follows {@code activemq:} in the URL
   * @return the end point
   * @throws InvalidOptionException when it is not of the form; says which form
   */
  static Endpoint parse(String address) {
    if (address.toLowerCase(Locale.ROOT).startsWith("failover:")) {
      throw new InvalidOptionException(
          "'activemq:%s' asks for the native fail-over transport, which would recover behind this library's own recovery; %s"
              .formatted(shown(address), FORM));
    }
    URI uri = uri(address);
    requireHostName(address, uri);
    String transport = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String path = uri.getPath() == null ? "" : uri.getPath();
    boolean plain =
        TRANSPORTS.contains(transport)
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && uri.getFragment() == null
            && (path.isEmpty() || path.equals("/"));
    if (!plain || uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw malformed(address);
    }
    return new Endpoint(
        transport, uri.getHost(), uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort());
  }

  /** An unescaped sign in a password may have cut the URL before its @. */
  private static String shown(String address) {
    return Secrets.mask(address)
        .replaceAll("(//[^:/@\\s]*):(?!\\d{1,5}(?:[/,)?]|$))\\S*", "$1:***");
  }

  private static void requireHostName(String address, URI uri) {
    String authority = uri.getRawAuthority();
    if (uri.getHost() == null && authority != null && authority.matches("[\\w.-]*_[\\w.:-]*")) {
      throw new InvalidOptionException(
          "'activemq:%s' has an underscore in its host name, which is not allowed there and which the native client cannot read; use the host's address, or a name without"
              .formatted(address));
    }
  }

  private static URI uri(String address) {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      throw malformed(address);
    }
  }

  private static InvalidOptionException malformed(String address) {
    return new InvalidOptionException(
        "'activemq:%s' is not the address of one ActiveMQ broker; %s%s"
            .formatted(shown(address), FORM, address.contains("@") ? ESCAPES : ""));
  }

  boolean isTls() {
    return transport.equals("ssl");
  }

  String hostAndPort() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return transport + "://" + host + ":" + port;
  }
}
