package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionFactory;
import io.anymq.InvalidOptionException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/** A URL that leads somewhere else says so, and says nothing that is secret. */
class WrongPeerTest {

  /** How other brokers answer the greeting of ZeroMQ, as they were seen to. */
  private enum Peer {
    RABBITMQ("AMQP\0\0\t\1", true),
    KAFKA("", true),
    ACTIVEMQ("\0\0\1P\1ActiveMQ\0\0\0\14\1", false),
    HTTP("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", true),
    SILENT("", false);

    private final String answer;
    private final boolean closes;

    Peer(String answer, boolean closes) {
      this.answer = answer;
      this.closes = closes;
    }

    byte[] bytes() {
      return answer.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** A server that answers every connection as one of those does. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new ArrayList<>();

    Server(Peer peer) throws IOException {
      Thread thread = new Thread(() -> serve(peer), "wrong-peer");
      thread.setDaemon(true);
      thread.start();
    }

    private void serve(Peer peer) {
      try {
        while (true) {
          Socket connection = socket.accept();
          InputStream in = connection.getInputStream();
          byte[] unused = in.readNBytes(8);
          connection.getOutputStream().write(peer.bytes());
          connection.getOutputStream().flush();
          if (peer.closes) {
            connection.close();
          } else {
            open.add(connection);
          }
        }
      } catch (IOException e) {
        assertThat(socket.isClosed()).isTrue();
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Throwable connect(String address) {
    return catchThrowable(
        () ->
            ConnectionFactory.builder()
                .url("zeromq:" + address)
                .option("connect-timeout", "2s")
                .build()
                .connect());
  }

  @ParameterizedTest
  @EnumSource(Peer.class)
  void anotherServerIsNotTakenForAHub(Peer peer) throws Exception {
    try (Server server = new Server(peer)) {
      int port = server.socket.getLocalPort();
      assertThat(connect("tcp://127.0.0.1:" + port))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("127.0.0.1:" + port)
          .hasMessageContaining("AnyMQ hub")
          .hasMessageContaining("check host and port");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUB", "REP", "ROUTER"})
  void anotherZeroMqSocketIsNotTakenForAHub(String type) {
    try (ZContext context = new ZContext()) {
      int port = context.createSocket(SocketType.valueOf(type)).bindToRandomPort("tcp://127.0.0.1");
      assertThat(connect("tcp://127.0.0.1:" + port))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("AnyMQ hub")
          .hasMessageContaining("check host and port");
    }
  }

  /**
   * Answers as a hub does that speaks other versions alone: every greeting, as a link that has
   * waited for its answer greets again on a new connection.
   */
  private static void refuseVersions(ZMQ.Socket hub) {
    try {
      while (true) {
        refuseVersion(hub);
      }
    } catch (ZMQException e) {
      assertThat(e.getErrorCode()).as("why it ends").isEqualTo(ZMQ.Error.ETERM.getCode());
    } finally {
      hub.close();
    }
  }

  private static void refuseVersion(ZMQ.Socket hub) {
    byte[] peer = hub.recv();
    byte[] unused = hub.recv();
    ByteBuffer goodbye =
        new WireWriter()
            .begin(Wire.GOODBYE)
            .u16(WireError.UNSUPPORTED_VERSION.number())
            .text("This hub speaks version 7 of its protocol, and you speak 1 to 1")
            .take();
    byte[] bytes = new byte[goodbye.remaining()];
    goodbye.get(bytes);
    hub.sendMore(peer);
    hub.send(bytes);
  }

  @Test
  void aHubOfAnotherVersionIsNotTriedAgain() throws Exception {
    try (ZContext context = new ZContext()) {
      ZMQ.Socket hub = context.createSocket(SocketType.ROUTER);
      int port = hub.bindToRandomPort("tcp://127.0.0.1");
      Thread answering = new Thread(() -> refuseVersions(hub), "hub-of-version-7");
      answering.start();
      assertThatThrownBy(() -> ConnectionFactory.of("zeromq:tcp://127.0.0.1:" + port).connect())
          .isInstanceOfSatisfying(
              ConnectFailedException.class, e -> assertThat(e.isTransient()).isFalse())
          .hasMessageContaining("version 7");
      answering.join(10_000);
    }
  }

  @Test
  void nobodyThereIsSaidSo() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(connect("tcp://127.0.0.1:" + port))
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("Nothing answers at tcp://127.0.0.1:" + port);
  }

  @Test
  void aHostWithAnUnderscoreIsAHost() {
    long begin = System.nanoTime();
    assertThat(connect("tcp://no_such_host.invalid:5555"))
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("no_such_host.invalid");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://user:sec-ret@host:5555",
        "tcp://user:sec/ret@host:5555",
        "tcp://user:sec?ret@host:5555",
        "tcp://user:sec@ret@host:5555",
        "tcp://user:sec-ret@host",
        "tcp://host:5555,user:sec-ret@other:5555",
        "ipc://user:sec-ret@/path",
        "inproc://user:sec-ret@name",
        "user:sec-ret@host:5555",
      })
  void passwordsAreNeverPrinted(String address) {
    assertThatThrownBy(() -> HubAddress.parse(address))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("knows no users")
        .satisfies(failure -> assertThat(failure.toString()).doesNotContain("sec", "ret@"));
    assertThatThrownBy(() -> ZeroMqHub.builder().bind(address))
        .satisfies(failure -> assertThat(failure.toString()).doesNotContain("sec", "ret@"));
  }

  @Test
  @SuppressWarnings("NullAway") // as a caller without the checker does
  void aNullAddressIsNamed() {
    assertThatThrownBy(() -> ZeroMqHub.builder().bind(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("address must not be null");
  }
}
