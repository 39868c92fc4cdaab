package io.anymq.kafka;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One bootstrap server of a URL {@code kafka://host:port,host:port}.
 *
 * @param host a name, or an address; one of version 6 without its brackets
 * @param port the port
 */
record KafkaAddress(String host, int port) {

  /** Where Kafka listens by default. */
  private static final int DEFAULT_PORT = 9092;

  private static final int MAX_PORT = 65_535;
  private static final int API_VERSIONS = 18;
  private static final int API_VERSIONS_BYTES = 10;
  private static final int CORRELATION = 0x616e794d;
  private static final Pattern SERVER =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([A-Za-z0-9._-]+))(?::(\\d{1,5}))?");

  static List<KafkaAddress> parse(BrokerUrl url) {
    String address = url.address();
    if (!address.startsWith("//")) {
      throw malformed(url);
    }
    String servers = address.substring(2);
    if (servers.endsWith("/")) {
      servers = servers.substring(0, servers.length() - 1);
    }
    return Arrays.stream(servers.split(",", -1)).map(server -> parse(server, url)).toList();
  }

  private static KafkaAddress parse(String server, BrokerUrl url) {
    Matcher matcher = SERVER.matcher(server.strip());
    if (!matcher.matches()) {
      throw malformed(url);
    }
    String bracketed = matcher.group(1);
    String port = matcher.group(3);
    int number = port == null ? DEFAULT_PORT : Integer.parseInt(port);
    if (number < 1 || number > MAX_PORT) {
      throw malformed(url);
    }
    return new KafkaAddress(bracketed == null ? matcher.group(2) : bracketed, number);
  }

  private static InvalidOptionException malformed(BrokerUrl url) {
    return new InvalidOptionException(
        "'%s' is not an address of Kafka; write kafka://host:9092 or kafka://host1:9092,host2:9092"
            .formatted(url));
  }

  /** Connects; fails when nobody listens there, or there is no way to it. */
  Socket open(Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), Millis.of(timeout));
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Tries a question that every broker answers before any login; returns when a broker listens
   * there. The native client takes the first four bytes of any answer for a length, and makes room
   * for so much: 1.2 GB for a web server's.
   */
  void askBroker(Socket socket, Duration timeout) throws IOException {
    socket.setSoTimeout(Millis.of(timeout));
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeInt(API_VERSIONS_BYTES);
    out.writeShort(API_VERSIONS);
    out.writeShort(0); // the version of the request that all know
    out.writeInt(CORRELATION);
    out.writeShort(-1); // no client id
    out.flush();
    DataInputStream in = new DataInputStream(socket.getInputStream());
    in.skipNBytes(Integer.BYTES); // the length of the answer
    if (in.readInt() != CORRELATION) {
      throw new ProtocolException("What listens at " + this + " does not speak Kafka's protocol");
    }
  }

  /** Whether this machine, or the one there, says that nobody listens. */
  boolean isRefused(Duration timeout) {
    try {
      open(timeout).close();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false; // Silence is no refusal.
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
