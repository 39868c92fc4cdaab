package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.spi.BrokerUrl;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RabbitAddressTest {

  @ParameterizedTest
  @CsvSource({
    "amqp,//localhost,localhost,5672,/,false",
    "amqps,//localhost,localhost,5671,/,true",
    "amqp,//localhost/,localhost,5672,/,false",
    "amqp,//h.example.org:1234/shop,h.example.org,1234,shop,false",
    "amqp,//my_broker:1234,my_broker,1234,/,false",
    "amqp,//10.1.2.3:65535/%2F,10.1.2.3,65535,/,false",
    "amqp,//[::1]:5673/a%2Fb%20c,::1,5673,a/b c,false"
  })
  void readsAnAddress(
      String scheme, String address, String host, int port, String virtualHost, boolean tls) {
    assertThat(RabbitAddress.of(url(scheme, address)))
        .isEqualTo(new RabbitAddress(host, port, virtualHost, tls));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//",
        "localhost",
        "//localhost:port",
        "//localhost:0",
        "//localhost:65536",
        "//local host",
        "//localhost/a/b",
        "//localhost/%zz",
        "//localhost/v?frame_max=1",
        "//localhost/v#x",
        "//[::1"
      })
  void refusesWhatIsNoAddressAndTellsTheForm(String address) {
    assertThatThrownBy(() -> new RabbitBackend().validate(url("amqp", address)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("amqp://[user:password@]host[:port][/virtual-host]");
  }

  /** One of several hosts would be dropped without a word. */
  @Test
  void severalHostsAreRefused() {
    for (String address : List.of("//h1,h2", "//h1:5672,u:s3cret@h2:5672/v")) {
      assertThatThrownBy(() -> new RabbitBackend().validate(url("amqp", address)))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContaining("several hosts")
          .satisfies(failure -> assertThat(stack(failure)).doesNotContain("s3cret"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"//u:s3c/ret@h", "//u:s3c?ret@h", "//u:s3c@ret@h", "//u:s3cret@h/v"})
  void aPasswordIsNotToldHoweverMalformedTheUrl(String address) {
    assertThatThrownBy(() -> new RabbitBackend().validate(url("amqp", address)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("%2F")
        .hasMessageContaining("%40")
        .satisfies(failure -> assertThat(stack(failure)).doesNotContain("s3c", "ret@"));
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void neverTellsThePassword() {
    BrokerUrl url = new BrokerUrl("amqp", "//h:bad", Optional.of("me"), Optional.of("s3cret"));
    assertThatThrownBy(() -> RabbitAddress.of(url))
        .hasMessageNotContaining("s3cret")
        .hasStackTraceContaining("me:***@");
  }

  @ParameterizedTest
  @ValueSource(strings = {"500ms", "1500ms", "0s", "2h", "soon"})
  void refusesAHeartbeatThatAmqpCannotSay(String text) {
    assertThatThrownBy(() -> RabbitOptions.HEARTBEAT.parse(text))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("heartbeat");
  }

  @Test
  void readsOptions() {
    assertThat(RabbitOptions.HEARTBEAT.parse("5s")).isEqualTo(Duration.ofSeconds(5));
    assertThat(RabbitOptions.QUEUE_TYPE.parse("classic"))
        .isEqualTo(RabbitOptions.QueueType.CLASSIC);
    assertThat(new RabbitBackend().options())
        .extracting(Option::key)
        .containsExactly(
            "queue-type",
            "heartbeat",
            "replay-retention",
            "replay-bytes",
            "management",
            "management-user",
            "management-password");
  }

  private static BrokerUrl url(String scheme, String address) {
    return new BrokerUrl(scheme, address, Optional.empty(), Optional.empty());
  }
}
