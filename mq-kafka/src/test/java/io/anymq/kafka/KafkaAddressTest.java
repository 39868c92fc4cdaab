package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KafkaAddressTest {

  @Test
  void readsServers() {
    assertThat(parse("//h1:9093,h-2.example"))
        .containsExactly(new KafkaAddress("h1", 9093), new KafkaAddress("h-2.example", 9092));
    assertThat(parse("//[::1]:1/")).containsExactly(new KafkaAddress("::1", 1));
    assertThat(parse("//[::1]:1").get(0)).hasToString("[::1]:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h:9092",
        "//",
        "//h:port",
        "//h:0",
        "//h:70000",
        "//h:1,",
        "//h/topic",
        "//a b"
      })
  void refusesWhatIsMalformed(String address) {
    assertThatThrownBy(() -> parse(address))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("kafka://host:9092");
  }

  private static List<KafkaAddress> parse(String address) {
    return KafkaAddress.parse(new BrokerUrl("kafka", address, Optional.empty(), Optional.empty()));
  }
}
