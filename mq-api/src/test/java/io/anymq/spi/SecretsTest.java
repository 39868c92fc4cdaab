package io.anymq.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://me:s3cret@host",
        "amqp://me:s3cret/s3cret@host/vhost",
        "amqp://me:s3cret?s3cret@host",
        "amqp://me:s3cret@s3cret@host",
        "amqp://me:s3cret#s3cret@host",
        "amqp:me:s3cret@host",
        "amqp://me:s3cret@h1,me:s3cret@h2",
        "kafka://h1:9092,me:s3cret@h2:9092",
        "activemq:failover:(tcp://me:s3cret@h1:61616,tcp://me:s3cret@h2)",
        "activemq:tcp://me:s3cret/x@host:61616",
        "zeromq:tcp://me:s3cret@host:1",
        "Could not connect to 'amqp://me:s3cret@host': refused",
        "activemq:tcp://host?jms.password=s3cret&x=1",
        "kafka://host?password=s3cret",
        "sasl.jaas.config=Module required username=\"me\" password=\"s3cret\";",
      })
  void nothingOfAPasswordIsLeft(String text) {
    assertThat(Secrets.mask(text)).doesNotContain("s3cret").contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//me:s3cret",
        "//:s3cret",
        "//me://s3cret",
        "//me:12s3cret",
        "//me:123456s3cret",
        "//me:1@s3cret",
        "tcp://me:s3cret",
        "me:s3cret",
        "/me:s3cret",
        "tcp:me:s3cret",
        "tcp:/me:s3cret",
        "//h1:9092,me:s3cret",
        "//h1:9092,[::1]:9092,me:s3cret,h3:9092",
        "//h1:9092,me:s3cret/s3cret",
        "failover:(tcp://me:s3cret,tcp://h2:61616)",
        "//h:9092&password=s3cret's3cret",
        "//h&ssl.truststore.password=s3cret",
        "//h/v&password=s3 s3cret",
      })
  void aPasswordWhoseAtSignIsForgottenIsNoAddress(String address) {
    assertThat(Secrets.maskAddress(address)).doesNotContain("s3c").contains("***");
    BrokerUrl url = new BrokerUrl("any", address, Optional.empty(), Optional.empty());
    assertThat(url.toString()).doesNotContain("s3c").startsWith("any:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//h",
        "//host_1:5672/%2f",
        "//host:1/a:b",
        "//[::1]:5672/v",
        "//[::1]",
        "//h1:9092,h2:9092,[fe80::1%25eth0]:9092/",
        "//h1,h2",
        "tcp://host:61616",
        "tcp://*:5555",
        "ssl://host",
        "failover:(tcp://h1:1,tcp://h2:2)?a=b",
        "ipc:///tmp/a:b,c:d",
        "ipc://tmp/hub",
        "inproc://demo",
        "demo",
      })
  void anAddressStaysAsItIs(String address) {
    assertThat(Secrets.maskAddress(address)).isEqualTo(address);
  }

  @Test
  void theRestStaysReadable() {
    assertThat(Secrets.mask("Cannot use amqp://me:pw@host/v: no such host"))
        .isEqualTo("Cannot use amqp://me:***@host/v: no such host");
    assertThat(Secrets.mask("kafka://h1:9092,h2:9092?prefetch=10"))
        .isEqualTo("kafka://h1:9092,h2:9092?prefetch=10");
    assertThat(Secrets.mask("mail me@example.org: soon")).isEqualTo("mail me@example.org: soon");
  }
}
