package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.spi.BrokerUrl;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of addresses. */
final class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "tcp://localhost,tcp,localhost,61616",
    "tcp://localhost/,tcp,localhost,61616",
    "TCP://h.example.org:1234,tcp,h.example.org,1234",
    "ssl://10.1.2.3:65535,ssl,10.1.2.3,65535",
    "tcp://[::1]:5673,tcp,[::1],5673"
  })
  void readsAnAddress(String address, String transport, String host, int port) {
    assertThat(Endpoint.parse(address)).isEqualTo(new Endpoint(transport, host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//",
        "localhost",
        "localhost:61616",
        "//localhost:61616",
        "http://localhost",
        "vm://localhost",
        "tcp://",
        "tcp://localhost:port",
        "tcp://localhost:0",
        "tcp://localhost:65536",
        "tcp://local host",
        "tcp://localhost/queue",
        "tcp://localhost?wireFormat.maxFrameSize=1",
        "tcp://localhost#x",
        "tcp://me:secret@localhost",
        "tcp://[::1",
        "tcp://a,tcp://b",
        "failover:(tcp://localhost:61616)",
        "FailOver://tcp://localhost:61616"
      })
  void refusesWhatIsNoAddressAndTellsTheForm(String address) {
    BrokerUrl url = new BrokerUrl("activemq", address, Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> new ActiveMqBackend().validate(url))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("activemq:tcp://host:61616");
  }

  @Test
  void isWrittenAsItIsRead() {
    assertThat(Endpoint.parse("tcp://[::1]:5673")).hasToString("tcp://[::1]:5673");
  }

  @Test
  void readsOptions() {
    assertThat(ActiveMqOptions.HEARTBEAT.parse("5s")).isEqualTo(Duration.ofSeconds(5));
    assertThat(new ActiveMqBackend().options())
        .extracting(Option::key)
        .containsExactly("heartbeat");
  }
}
