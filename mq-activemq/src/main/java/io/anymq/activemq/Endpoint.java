package io.anymq.activemq;

import io.anymq.InvalidOptionException;
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
              .formatted(address, FORM));
    }
    URI uri = uri(address);
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

  private static URI uri(String address) {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      throw malformed(address);
    }
  }

  private static InvalidOptionException malformed(String address) {
    return new InvalidOptionException(
        "'activemq:%s' is not an address of an ActiveMQ broker; %s".formatted(address, FORM));
  }

  @Override
  public String toString() {
    return transport + "://" + host + ":" + port;
  }
}
