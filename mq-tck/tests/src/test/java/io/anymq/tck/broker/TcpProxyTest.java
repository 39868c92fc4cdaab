package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ServerSocket server;

  @SuppressWarnings("NullAway.Init")
  private TcpProxy proxy;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket();
    server.bind(PortReservation.loopback(0));
    server.setSoTimeout(10_000);
    proxy = TcpProxy.open("test");
    proxy.target(PortReservation.loopback(server.getLocalPort()));
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(n -> n.startsWith("anymq-proxy-test"));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(PortReservation.loopback(proxy.port()), 5_000);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private int connectAndRead() throws IOException {
    try (Socket socket = connect()) {
      return socket.getInputStream().read();
    }
  }

  @Test
  void passesBytesBothWaysAndEndsWithEachSide() throws IOException {
    try (Socket client = connect();
        Socket accepted = server.accept()) {
      client.getOutputStream().write(new byte[] {1, 2, 3});
      client.shutdownOutput();
      assertThat(accepted.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
      accepted.getOutputStream().write(new byte[] {4});
      accepted.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).containsExactly(4);
    }
  }

  @Test
  void resetsWhatIsOpenAndWhatComesWhileItIsCut() throws IOException {
    try (Socket client = connect();
        Socket accepted = server.accept()) {
      proxy.cut();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> accepted.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connectAndRead).isInstanceOf(SocketException.class);
    }
    proxy.restore();
    try (Socket client = connect();
        Socket accepted = server.accept()) {
      client.getOutputStream().write(5);
      assertThat(accepted.getInputStream().read()).isEqualTo(5);
    }
  }

  @Test
  void swallowsWhatClientsSendAndResetsThemInTheEnd() throws IOException {
    try (Socket client = connect();
        Socket accepted = server.accept();
        Socket silent = connect();
        Socket acceptedSilent = server.accept()) {
      client.getOutputStream().write(1);
      assertThat(accepted.getInputStream().read()).isEqualTo(1);
      proxy.swallowRequests();
      client.getOutputStream().write(2);
      accepted.getOutputStream().write(3);
      assertThat(client.getInputStream().read()).isEqualTo(3);
      client.shutdownOutput();
      assertNothingComes(accepted);
      proxy.restore();
      assertReset(client);
      assertReset(accepted);
      silent.getOutputStream().write(4);
      assertThat(acceptedSilent.getInputStream().read()).as("it lost nothing").isEqualTo(4);
    }
  }

  @Test
  void swallowsWhatTheBrokerSendsUntilTheCut() throws IOException {
    try (Socket client = connect();
        Socket accepted = server.accept()) {
      proxy.swallowAnswers();
      client.getOutputStream().write(1);
      assertThat(accepted.getInputStream().read()).isEqualTo(1);
      accepted.getOutputStream().write(2);
      accepted.shutdownOutput();
      assertNothingComes(client);
      proxy.cut();
      assertReset(client);
    }
    proxy.restore();
    try (Socket client = connect();
        Socket accepted = server.accept()) {
      accepted.getOutputStream().write(5);
      assertThat(client.getInputStream().read()).isEqualTo(5);
    }
  }

  private static void assertReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  /** Short: what comes too late here is an end of the connection where a reset is expected. */
  private static void assertNothingComes(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(10_000);
  }

  @Test
  void reservedPortsAreDistinctAndBelowThoseOfOutgoingConnections() {
    Set<Integer> ports = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      try (PortReservation one = PortReservation.reserve();
          PortReservation other = PortReservation.reserve()) {
        assertThat(one.port()).isNotEqualTo(other.port()).isBetween(15_000, 32_767);
        ports.add(one.port());
      }
    }
    assertThat(ports).hasSizeGreaterThan(1);
  }
}
