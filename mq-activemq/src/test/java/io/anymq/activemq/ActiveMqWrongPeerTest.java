package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import io.anymq.Options;
import io.anymq.spi.BrokerUrl;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL that points at something else leads to, and what is never printed of one. */
final class ActiveMqWrongPeerTest {

  private static final Options SOON =
      Options.none().with(ConnectionOptions.CONNECT_TIMEOUT, Duration.ofSeconds(5));

  /** Somebody who reads a little, says this, and hangs up. */
  private static Thread peer(ServerSocket server, byte[] answer) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = server.accept();
                  OutputStream out = client.getOutputStream()) {
                int unused = client.getInputStream().read();
                out.write(answer);
                out.flush();
              } catch (IOException e) {
                // The client was the first to hang up.
              }
            },
            "test-peer");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AMQP\0\0\t\1", // RabbitMQ
        "", // Kafka hangs up
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        "\u0015\u0003\u0003\0\2\2\n", // a TLS alert
      })
  void anotherProtocolIsNamedInASentence(String answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer = peer(server, answer.getBytes(StandardCharsets.ISO_8859_1));
      String place = "127.0.0.1:" + server.getLocalPort();
      assertThatThrownBy(
              () ->
                  ActiveMqLink.open(
                      Links.request("activemq:tcp://" + place, SOON, new LinkedBlockingQueue<>())))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining(place + " answers, but not as an ActiveMQ broker")
          .hasMessageContaining("check the port");
      peer.join(1000);
    }
  }

  @Test
  void aBrokerWithoutTlsIsNamedInASentence() {
    try (BrokerHandle broker = BrokerProvisioner.system().start("activemq")) {
      String url = broker.url().replace("tcp://", "ssl://");
      assertThatThrownBy(
              () -> ActiveMqLink.open(Links.request(url, SOON, new LinkedBlockingQueue<>())))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("check that the port speaks TLS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "failover:(tcp://me:se/cr?et@h1:61616,tcp://me:se/cr?et@h2:61616)",
        "failover:(tcp://me:se/cr", // cut at the question mark
        "tcp://me:secret@h1:61616,tcp://me:secret@h2:61616",
        "tcp://h1:61616,tcp://me:secret@h2:61616",
        "tcp://me:sec/ret@h1:61616",
        "tcp://me:sec?ret@h1:61616",
        "tcp://me:sec",
        "tcp://me:sec@ret@h1:61616",
        "tcp://me:secret@@h1:61616",
      })
  void noPasswordIsPrinted(String address) {
    BrokerUrl url = new BrokerUrl("activemq", address, Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> new ActiveMqBackend().validate(url))
        .isInstanceOf(InvalidOptionException.class)
        .hasNoCause()
        .extracting(e -> String.valueOf(e.getMessage()).replace("a password", ""))
        .asString()
        .doesNotContain("secret", "se/cr", "sec", "ret@", "?et");
  }

  @Test
  void anUnderscoreInAHostNameIsExplained() {
    assertThatThrownBy(() -> Endpoint.parse("tcp://my_host:61616"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("underscore");
    assertThat(Endpoint.parse("tcp://my-host:61616").host()).isEqualTo("my-host");
  }
}
