package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionFactory;
import io.anymq.InvalidOptionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs in which a sign is forgotten or not escaped, with every adapter there is. */
class UrlSecretsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://me:s3cret",
        "amqps://me:s3cret/vhost",
        "amqp:me:s3cret",
        "kafka://me:s3cret",
        "kafka://h1:9092,me:s3cret",
        "kafka://h1:9092&password=s3cret's3cret",
        "zeromq:tcp://me:s3cret",
        "zeromq:inproc://me:s3cret",
        "activemq:tcp://me:s3cret",
        "activemq:tcp://my_user:s3cret",
        "activemq:ssl://me:12s3cret",
        "activemq:failover:(tcp://me:s3cret,tcp://h:61616)",
        "activemq:tcp://h:61616?trust-store-password=a@s3cret",
        "amqp://h?management-password=a@s3cret",
        "kafka://h?security-protocol=sasl_ssl&user=me&password=a@s3cret",
      })
  void nothingOfAPasswordIsShown(String url) {
    assertThatThrownBy(() -> ConnectionFactory.of(url))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("***")
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }
}
