package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zeromq:inproc://demo | zeromq | inproc://demo",
        "zeromq:ipc:///tmp/hub | zeromq | ipc:///tmp/hub",
        "zeromq:tcp://[::1]:5555 | zeromq | tcp://[::1]:5555",
        "AMQP://host:5672/%2f | amqp | //host:5672/%2f",
        "activemq:tcp://host:61616 | activemq | tcp://host:61616",
        "kafka://h1:9092,h2:9092 | kafka | //h1:9092,h2:9092",
        "memory:name | memory | name",
      })
  void urlsOfAllKindsAreTakenApart(String text, String scheme, String address) {
    BrokerUrl url = UrlParser.parse(text).url();
    assertThat(url.scheme()).isEqualTo(scheme);
    assertThat(url.address()).isEqualTo(address);
    assertThat(url.user()).isEmpty();
  }

  @Test
  void userPasswordAndOptionsAreDecoded() {
    UrlParser.Parsed parsed =
        UrlParser.parse("amqp://me:p%40ss+w@host/v?prefetch=10&client-name=a%20b&flag");
    assertThat(parsed.url().user()).contains("me");
    assertThat(parsed.url().password()).contains("p@ss+w");
    assertThat(parsed.url().address()).isEqualTo("//host/v");
    assertThat(parsed.query())
        .isEqualTo(Map.of("prefetch", "10", "client-name", "a b", "flag", ""));
  }

  @Test
  void aPasswordIsNeverShown() {
    assertThat(UrlParser.parse("amqp://me:secret@host").url()).hasToString("amqp://me:***@host");
    assertThatThrownBy(() -> UrlParser.parse("amqp//me:secret@ho st?password=secret"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "://host", "amqp:", "amqp://", "amqp://a b", "amqp://h?x=%zz"})
  void whatIsNoUrlIsRefused(String text) {
    assertThatThrownBy(() -> UrlParser.parse(text)).isInstanceOf(InvalidOptionException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://me:s3cr/et@host",
        "amqp://me:s3cr?et@host",
        "amqp://me:s3cr@et@host",
        "amqp://me:s3cret@h1,me:s3cret@h2",
        "activemq:failover:(tcp://me:s3cret@h1:1,tcp://h2:1)",
        "kafka://h1:9092,me:s3cret@h2:9092",
        "amqp://joe@example.com:s3cret@host",
        "amqp://joe@corp:s3c/s3cret@h",
        "amqp://u:it's/s3cret@h",
        "amqp:/u:s3cret@h",
        "amqp://dom/joe:s3cret@h",
        "amqp://h?user=u&password=a@s3cret",
        "amqp://h?user=u&password=s3@cret/s3cret",
        "kafka://h:9092?security-protocol=sasl_ssl&user=me&password=Secr@ts3cret",
        "kafka://h:9092?trust-store-password=a@s3cret",
        "amqp://h?management-password=a@s3cret&management-user=u",
        "amqp://h&password=a@s3cret",
        "kafka://h:9092&user=u&trust-store-password=a@s3cret",
        "amqp://me:p/s#s3cret@host",
        "amqp://me:p/ s3cret@host",
        "amqp://me:p/\ns3cret@host",
        "amqp://h x?password=a\ns3cret",
        "amqp://h?password=a#s3cret",
        "amqp://h?password=a&s3cret",
      })
  void anUnescapedPasswordIsRefusedAndNotShown(String text) {
    assertThatThrownBy(() -> UrlParser.parse(text))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageNotContaining("s3c")
        .hasMessageContaining("# as %23")
        .hasMessageContaining("%2F")
        .hasMessageContaining("%3F")
        .hasMessageContaining("%40");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://u:s3cret /s3cret@h",
        "u:s3cret@h",
        "amqp//me:s3cret@h",
        "amqp://me:s3c s3cret",
        "zeromq:tcp://me:s3c#s3cret",
        "amqp:me:s3cret s3cret",
        "amqp//me:s3cret s3cret",
        "amqp://my me:s3cret",
      })
  void nothingOfWhatIsNoUrlIsShown(String text) {
    assertThatThrownBy(() -> UrlParser.parse(text))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageNotContaining("s3c");
  }

  @Test
  void anOptionThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> UrlParser.parse("amqp://host?prefetch=1&prefetch=2"))
        .hasMessageContaining("'prefetch' twice");
  }
}
