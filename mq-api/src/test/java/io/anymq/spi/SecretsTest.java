package io.anymq.spi;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void theRestStaysReadable() {
    assertThat(Secrets.mask("Cannot use amqp://me:pw@host/v: no such host"))
        .isEqualTo("Cannot use amqp://me:***@host/v: no such host");
    assertThat(Secrets.mask("kafka://h1:9092,h2:9092?prefetch=10"))
        .isEqualTo("kafka://h1:9092,h2:9092?prefetch=10");
    assertThat(Secrets.mask("mail me@example.org: soon")).isEqualTo("mail me@example.org: soon");
  }
}
