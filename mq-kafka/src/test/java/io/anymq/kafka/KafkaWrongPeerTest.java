package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers at the address, and is no Kafka broker, or not one for this login. */
final class KafkaWrongPeerTest {

  /** A web server's answer, RabbitMQ's, the begin of ActiveMQ's, a TLS alert, and none at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "AMQP\0\0\11\1",
        "\0\0\1\106\1ActiveMQ",
        "\25\3\3\0\2\2\120",
        ""
      })
  void saysThatAnotherServerAnswers(String answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answer(server, answer), "wrong-peer");
      answering.start();
      String address = "127.0.0.1:" + server.getLocalPort();
      assertThatThrownBy(
              () ->
                  Links.open("kafka://" + address, Options.none(), new LinkedBlockingQueue<>())
                      .close(Links.PATIENCE))
          .isInstanceOfSatisfying(
              MessagingException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONNECT_FAILED))
          .hasMessageStartingWith(address + " answers, but is not a Kafka broker")
          .hasMessageContaining("security-protocol");
      answering.join(Links.PATIENCE.toMillis());
    }
  }

  private static void answer(ServerSocket server, String text) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      client.shutdownOutput();
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new AssertionError("The server that is no broker failed", e);
    }
  }

  @Test
  void saysThatTheListenerWantsNoLogin() {
    BrokerHandle broker = BrokerProvisioner.shared("kafka");
    assertThatThrownBy(() -> Links.open(broker.url(), "ann", "ann's secret").close(Links.PATIENCE))
        .isInstanceOfSatisfying(
            MessagingException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONNECT_FAILED))
        .hasMessageContaining("does not take this login")
        .hasMessageNotContaining("secret");
  }
}
