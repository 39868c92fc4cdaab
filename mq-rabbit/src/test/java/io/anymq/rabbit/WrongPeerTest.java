package io.anymq.rabbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that point at something else than a RabbitMQ broker, or at another part of one. */
@Timeout(60)
final class WrongPeerTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");

  /** What they say first: a web server, ActiveMQ, a hub, a port for TLS; and Kafka hangs up. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "485454502f312e31203430302042616420526571756573740d0a0d0a",
        "000001400141637469766551000000000000000000000000000000000000",
        "ff00000000000000017f0300",
        "15030300020246",
        ""
      })
  void somethingElseThatAnswersIsTold(String firstWords) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> answer(server, HexFormat.of().parseHex(firstWords)));
      thread.start();
      assertThatThrownBy(
              () -> Links.open("amqp://u:s3cret@127.0.0.1:" + server.getLocalPort() + "/"))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("127.0.0.1:" + server.getLocalPort())
          .hasMessageContaining("answers, but is not a RabbitMQ broker")
          .hasMessageNotContaining("s3cret");
      thread.join(Links.PATIENCE.toMillis());
    }
  }

  /** Kafka takes the first four bytes for a length, and closes with the others unread. */
  @Test
  void aPeerThatResetsTheConnectionIsTold() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> reset(server));
      thread.start();
      assertThatThrownBy(
              () -> Links.open("amqp://u:s3cret@127.0.0.1:" + server.getLocalPort() + "/"))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("answers, but is not a RabbitMQ broker")
          .hasMessageContaining("no other broker")
          .hasMessageNotContaining("s3cret");
      thread.join(Links.PATIENCE.toMillis());
    }
  }

  private static void reset(ServerSocket server) {
    try (Socket peer = server.accept()) {
      int unused = peer.getInputStream().readNBytes(Integer.BYTES).length;
      peer.setSoLinger(true, 0);
    } catch (IOException e) {
      throw new IllegalStateException("The peer failed", e);
    }
  }

  private static void answer(ServerSocket server, byte[] words) {
    try (Socket peer = server.accept()) {
      int unused = peer.getInputStream().read(new byte["AMQP0091".getBytes(UTF_8).length]);
      peer.getOutputStream().write(words);
    } catch (IOException e) {
      throw new IllegalStateException("The peer failed", e);
    }
  }

  @Test
  void tlsToAPlainPortIsLasting() {
    URI plain = URI.create(broker.url());
    MessagingException failure =
        failure("amqps://guest:guest@%s:%d/".formatted(plain.getHost(), plain.getPort()));
    assertThat(failure).isInstanceOf(ConnectFailedException.class).hasMessageContaining("TLS");
    assertThat(failure.isTransient()).isFalse();
  }

  @Test
  void aWrongVirtualHostIsLasting() {
    MessagingException failure = failure(broker.url().replaceFirst("/[^/]*$", "/nope"));
    assertThat(failure)
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("no such virtual host");
    assertThat(failure.isTransient()).isFalse();
  }

  private static MessagingException failure(String url) {
    RabbitConnector connector =
        new RabbitConnector(Links.request(url, Options.none(), new LinkedBlockingQueue<>()));
    try {
      connector.connect("wrong").close(Links.PATIENCE);
    } catch (MessagingException e) {
      return e;
    }
    throw new AssertionError("There was a connection to " + url);
  }
}
