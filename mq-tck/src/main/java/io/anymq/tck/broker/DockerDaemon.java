package io.anymq.tck.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
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
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Asks Docker the two questions whose answer may be no, quickly and quietly: is it there, and are
 * the images to be had. Testcontainers can tell too, but takes minutes and hundreds of lines of log
 * over a no.
 *
 * @param socket where Docker listens
 */
record DockerDaemon(Path socket) {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  /** A download of some hundred megabytes over a slow line. */
  private static final Duration PULL_LIMIT = Duration.ofMinutes(10);

  /**
   * Docker's local socket; none when Docker is set up in a way that only Testcontainers can follow,
   * such as over TCP.
   *
   * @throws BrokerUnavailableException when there is no Docker; the message says where was looked
   */
  static Optional<DockerDaemon> find(BrokerSettings settings) {
    Optional<String> host = settings.variable("DOCKER_HOST");
    if (host.isPresent() && !host.get().startsWith("unix:")) {
      return Optional.empty();
    }
    Path socket =
        host.map(value -> Path.of(value.replaceFirst("^unix:(//)?", "")))
            .or(() -> defaultSockets(settings).filter(Files::exists).findFirst())
            .orElseThrow(
                () ->
                    new BrokerUnavailableException(
                        "Docker is not here (no DOCKER_HOST, no /var/run/docker.sock)"));
    return Optional.of(new DockerDaemon(socket));
  }

  private static Stream<Path> defaultSockets(BrokerSettings settings) {
    Path home = Path.of(System.getProperty("user.home"));
    return Stream.concat(
        Stream.of(Path.of("/var/run/docker.sock"), home.resolve(".docker/run/docker.sock")),
        settings.variable("XDG_RUNTIME_DIR").stream()
            .map(directory -> Path.of(directory, "docker.sock")));
  }

  /** Throws {@link BrokerUnavailableException} when it does not answer at once. */
  void requireAnswer() {
    try {
      String answer = exchange("GET /_ping", ANSWER_LIMIT);
      if (!isOk(answer)) {
        throw new IOException(firstLine(answer));
      }
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "Docker does not answer at " + socket + " (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Fetches an image that is not there; throws {@link BrokerUnavailableException} when it cannot be
   * fetched.
   */
  void requireImage(String image, Consumer<String> announcer) {
    try {
      if (isOk(exchange("GET /images/" + image + "/json", ANSWER_LIMIT))) {
        return;
      }
      announcer.accept("Fetching the container image " + image);
      String answer =
          exchange(
              "POST /images/create?fromImage=" + URLEncoder.encode(image, StandardCharsets.UTF_8),
              PULL_LIMIT);
      if (!isOk(answer) || answer.contains("\"errorDetail\"")) {
        throw new IOException(lastLine(answer));
      }
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "the image " + image + " cannot be had (" + e.getMessage() + ")", e);
    }
  }

  private static boolean isOk(String answer) {
    return firstLine(answer).matches("HTTP/1\\.\\d 200.*");
  }

  private static String firstLine(String answer) {
    return answer.lines().findFirst().orElse("it says nothing");
  }

  private static String lastLine(String answer) {
    return answer.lines().reduce((first, second) -> second).orElse("it says nothing");
  }

  /** One request without a body, and the whole answer. */
  private String exchange(String request, Duration limit) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String head = request + " HTTP/1.0\r\nHost: docker\r\nContent-Length: 0\r\n\r\n";
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      return readAll(channel, selector, limit);
    }
  }

  private static String readAll(SocketChannel channel, Selector selector, Duration limit)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (true) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0 || selector.select(left) == 0) {
        throw new IOException("no answer within " + limit.toSeconds() + " s");
      }
      selector.selectedKeys().clear();
      if (channel.read(buffer.clear()) < 0) {
        return answer.toString(StandardCharsets.UTF_8);
      }
      answer.write(buffer.array(), 0, buffer.position());
    }
  }
}
