package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.kafka.KafkaOptions.SecurityProtocol;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when there is no link, before a broker has said anything. */
final class ConnectErrorsTest {

  /** A failure, whether somebody was reached, and how the message begins. */
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new ConnectException("Connection refused"), false, "Nobody listens at h:1;"),
        Arguments.of(new UnknownHostException("h"), false, "The host of h:1 is not known;"),
        noWay(new SocketTimeoutException("Connect timed out")),
        noWay(new ConnectException("Connection timed out")),
        noWay(new NoRouteToHostException("No route to host")),
        noWay(new SocketException("Network is unreachable")),
        noWay(new BindException("Cannot assign requested address")),
        Arguments.of(
            new SocketTimeoutException("Read timed out"), true, "Somebody listens at h:1, but"),
        Arguments.of(new EOFException(), true, "h:1 answers, but is not"),
        Arguments.of(new SocketException("Connection reset"), true, "h:1 answers, but is not"),
        Arguments.of(new ProtocolException("It is no Kafka"), true, "h:1 answers, but is not"));
  }

  private static Arguments noWay(IOException failure) {
    return Arguments.of(failure, false, "h:1 cannot be reached: " + failure.getMessage() + ";");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void tellsWhoCannotBeReachedFromWhoIsNoBroker(
      IOException failure, boolean reached, String beginning) {
    MessagingException told = ConnectErrors.noBroker(failure, "h:1", reached);
    assertThat(told.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
    assertThat(told.isTransient()).isTrue();
    assertThat(told).hasMessageStartingWith(beginning).hasCause(failure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no/such.pem", "/no/such.p12", "/no/such.jks"})
  void namesATrustStoreThatIsNotThere(String store) throws IOException {
    assertTrustStoreFails(options(store), store);
  }

  @ParameterizedTest
  @ValueSource(strings = {"junk.pem", "junk.p12", "junk.jks"})
  void namesATrustStoreThatIsNone(String name, @TempDir Path directory) throws IOException {
    Path junk = Files.writeString(directory.resolve(name), "no key store");
    Options options = options(junk.toString());
    assertTrustStoreFails(
        name.endsWith(".pem")
            ? options
            : options.with(KafkaOptions.TRUST_STORE_PASSWORD, "not to be seen"),
        junk.toString());
  }

  private static Options options(String store) {
    return Options.none()
        .with(KafkaOptions.SECURITY_PROTOCOL, SecurityProtocol.SSL)
        .with(KafkaOptions.TRUST_STORE, store);
  }

  /** Somebody listens, and is never asked for anything. */
  private static void assertTrustStoreFails(Options options, String store) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "kafka://127.0.0.1:" + server.getLocalPort();
      assertThatThrownBy(
              () -> Links.open(url, options, new LinkedBlockingQueue<>()).close(Links.PATIENCE))
          .isInstanceOfSatisfying(
              MessagingException.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
                assertThat(failure.isTransient()).isFalse();
              })
          .hasMessageStartingWith("Cannot make a client from these options: ")
          .hasMessageContaining(store)
          .hasMessageEndingWith("check trust-store and its password")
          .hasMessageNotContaining("not to be seen");
    }
  }

  /** What may be otherwise in a moment, or has a sentence of its own. */
  @Test
  void doesNotBlameTheOptionsForEverything() {
    KafkaException unresolved =
        new KafkaException(
            "Failed to create new KafkaAdminClient",
            new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"));
    assertThat(ConnectErrors.clientFailure(unresolved, "h:1"))
        .hasMessageStartingWith("No Kafka broker answers at h:1")
        .satisfies(failure -> assertThat(failure.isTransient()).isTrue());
    assertThat(ConnectErrors.clientFailure(new SaslAuthenticationException("no"), "h:1").code())
        .isEqualTo(ErrorCode.AUTHENTICATION_FAILED);
  }

  @Test
  void saysWhyAClientCannotBeMade() {
    KafkaException failure =
        new KafkaException(
            "Failed to create new KafkaAdminClient",
            new KafkaException(
                "Failed to create new NetworkClient",
                new KafkaException(
                    "Failed to load SSL keystore t.p12 of type PKCS12",
                    new IOException(
                        "keystore password was incorrect", new IllegalStateException("padding")))));
    assertThat(ConnectErrors.clientFailure(failure, "h:1"))
        .hasMessage(
            "Cannot make a client from these options: Failed to load SSL keystore t.p12 of type"
                + " PKCS12: keystore password was incorrect; check trust-store and its password");
  }
}
