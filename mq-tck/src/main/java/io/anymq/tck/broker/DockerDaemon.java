package io.anymq.tck.broker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out quickly and quietly whether Docker answers. Testcontainers can tell too, but takes many
 * seconds and many lines of log to say no.
 */
final class DockerDaemon {

  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final String PING = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n";

  private DockerDaemon() {}

  /**
   * Returns when Docker answers, or is set up in a way that only Testcontainers can follow.
   *
   * @throws BrokerUnavailableException when it does not; the message says where was looked
   */
  static void require(BrokerSettings settings) {
    Optional<String> host = settings.variable("DOCKER_HOST");
    if (host.isPresent() && !host.get().startsWith("unix:")) {
      return;
    }
    Path socket =
        host.map(value -> Path.of(value.substring("unix:".length()).replaceFirst("^//", "")))
            .or(() -> defaultSockets(settings).filter(Files::exists).findFirst())
            .orElseThrow(
                () ->
                    new BrokerUnavailableException(
                        "Docker is not here (no DOCKER_HOST, no /var/run/docker.sock)"));
    try {
      ping(socket);
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "Docker does not answer at " + socket + " (" + e.getMessage() + ")", e);
    }
  }

  private static Stream<Path> defaultSockets(BrokerSettings settings) {
    Path home = Path.of(System.getProperty("user.home"));
    return Stream.concat(
        Stream.of(Path.of("/var/run/docker.sock"), home.resolve(".docker/run/docker.sock")),
        settings.variable("XDG_RUNTIME_DIR").stream()
            .map(directory -> Path.of(directory, "docker.sock")));
  }

  private static void ping(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(PING.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      if (selector.select(LIMIT.toMillis()) == 0) {
        throw new IOException("no answer within " + LIMIT.toSeconds() + " s");
      }
      ByteBuffer answer = ByteBuffer.allocate(256);
      channel.read(answer);
      String line = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
      if (!line.matches("(?s)HTTP/1\\.\\d 200.*")) {
        throw new IOException("it says " + line.lines().findFirst().orElse("nothing"));
      }
    }
  }
}
