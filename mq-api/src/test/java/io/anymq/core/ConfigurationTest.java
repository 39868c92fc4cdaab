package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionFactory;
import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

  /** The options that some adapter has. */
  private static final Set<String> ANY =
      Set.of("prefetch", "send-window", "management", "connect-timeout");

  private final Properties system = new Properties();
  private final Properties local = new Properties();
  private final Properties onClassPath = new Properties();

  private Configuration configuration(Map<String, String> environment) {
    return new Configuration(system, environment, List.of(local, onClassPath));
  }

  @Test
  void withoutAnyUrlThereIsTheHubInThisJvm() {
    assertThat(configuration(Map.of()).url(null)).isEqualTo(ConnectionFactory.DEFAULT_URL);
  }

  @Test
  void thePlacesAreAskedInTheirOrder() {
    onClassPath.setProperty("anymq.url", "a://class-path");
    assertThat(configuration(Map.of()).url(null)).isEqualTo("a://class-path");
    local.setProperty("anymq.url", "a://local");
    assertThat(configuration(Map.of()).url(null)).isEqualTo("a://local");
    Map<String, String> environment = Map.of("ANYMQ_URL", "a://environment");
    assertThat(configuration(environment).url(null)).isEqualTo("a://environment");
    system.setProperty("anymq.url", "a://system");
    assertThat(configuration(environment).url(null)).isEqualTo("a://system");
  }

  @Test
  void aUrlWithAnUnescapedPasswordIsNotShownWhereverItStands() {
    String url = "kafka://h:9092?user=me&password=Secr@tWord";
    local.setProperty("anymq.url", url);
    system.setProperty("anymq.billing.url", url);
    Configuration configuration = configuration(Map.of("ANYMQ_AUDIT_URL", url));
    for (String name : new String[] {null, "billing", "audit"}) {
      assertThatThrownBy(() -> UrlParser.parse(configuration.url(name)))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContaining("kafka://***")
          .hasMessageNotContaining("tWord");
    }
  }

  @Test
  void aNamedConnectionHasItsOwnUrlAndOptions() {
    local.setProperty("anymq.prefetch", "1");
    local.setProperty("anymq.billing.url", "a://billing");
    local.setProperty("anymq.billing.prefetch", "2");
    Configuration configuration = configuration(Map.of("ANYMQ_BILLING_SEND_WINDOW", "3"));
    assertThat(configuration.url("billing")).isEqualTo("a://billing");
    assertThat(configuration.options("billing", ConnectionOptions.all()))
        .isEqualTo(Map.of("prefetch", "2", "send-window", "3"));
    assertThat(configuration.options(null, ConnectionOptions.all()))
        .isEqualTo(Map.of("prefetch", "1"));
  }

  @Test
  void aMissingNamedConnectionSaysWhereItWasLookedFor() {
    assertThatThrownBy(() -> configuration(Map.of()).url("billing"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("anymq.billing.url")
        .hasMessageContaining("ANYMQ_BILLING_URL");
  }

  @Test
  void unknownKeysArePassedOnToBeRefused() {
    local.setProperty("anymq.prefetsch", "1");
    local.setProperty("anymq.native-queue.orders.eu", "LEGACY.ORDERS");
    assertThat(configuration(Map.of()).options(null, ConnectionOptions.all()))
        .containsOnlyKeys("prefetsch", "native-queue.orders.eu");
  }

  @Test
  void mistypedSettingsAreFaultsWhereverTheyStand() {
    local.setProperty("url", "kafka://host");
    Configuration configuration =
        configuration(
            Map.of(
                "ANYMQ_URI", "kafka://host",
                "ANYMQ_PREFECH", "10",
                "ANYMQ_BILLING_URL", "kafka://billing",
                "ANYMQ_BILLING_PREFETCH", "3",
                "ANYMQ_TCK_KAFKA_URL", "kafka://kit",
                "ANYMQ_NATIVE_QUEUE_ORDERS", "LEGACY"));
    assertThat(configuration.faults(null, ConnectionOptions.all(), ANY))
        .hasSize(3)
        .anyMatch(fault -> fault.contains("'url' in mq.properties"))
        .anyMatch(fault -> fault.contains("ANYMQ_URI") && fault.contains("mean ANYMQ_URL"))
        .anyMatch(fault -> fault.contains("ANYMQ_PREFECH") && fault.contains("ANYMQ_PREFETCH"));
  }

  @Test
  void oneConnectionsSettingsAreNoFaultsOfAnother() {
    local.setProperty("anymq.prefetch", "1");
    local.setProperty("anymq.billing.prefetch", "2");
    Configuration configuration =
        configuration(
            Map.of(
                "ANYMQ_URL", "kafka://host",
                "ANYMQ_PREFETCH", "10",
                "ANYMQ_MANAGEMENT", "x",
                "ANYMQ_BILLING_URL", "kafka://billing",
                "ANYMQ_BILLING_PREFETCH", "3"));
    assertThat(configuration.faults("billing", ConnectionOptions.all(), ANY)).isEmpty();
  }

  @Test
  void mistypedSettingsOfANamedConnectionAndOfOthersAreFaults() {
    local.setProperty("anymq.billing.url", "kafka://billing");
    Configuration configuration =
        configuration(Map.of("ANYMQ_BILLING_PREFECH", "5", "ANYMQ_PREFECH", "5"));
    assertThat(configuration.faults("billing", ConnectionOptions.all(), ANY))
        .hasSize(2)
        .anyMatch(fault -> fault.contains("mean ANYMQ_BILLING_PREFETCH"))
        .anyMatch(fault -> fault.contains("mean ANYMQ_PREFETCH"));
  }

  @Test
  void mistypedPropertiesOfOthersAreFaultsOfANamedConnectionToo() {
    system.setProperty("anymq.prefech", "5");
    system.setProperty("anymq.tck.rules", "x");
    local.setProperty("anymq.prefetch", "1");
    local.setProperty("anymq.billing.url", "kafka://billing");
    local.setProperty("anymq.billing.prefech", "2");
    local.setProperty("anymq.orders.url", "kafka://orders");
    local.setProperty("anymq.orders.prefech", "3");
    local.setProperty("anymq.stray.prefetch", "4");
    Configuration configuration = configuration(Map.of());
    assertThat(configuration.faults("billing", ConnectionOptions.all(), ANY))
        .containsExactlyInAnyOrder(
            "'anymq.prefech' is no setting of any connection",
            "'anymq.orders.prefech' is no setting of any connection",
            "'anymq.stray.prefetch' is no setting of any connection");
    assertThat(configuration.options("billing", ConnectionOptions.all()))
        .as("its own are refused with its options")
        .isEqualTo(Map.of("prefech", "2"));
  }

  @Test
  void aKeyThatStandsTwiceInAFileIsRefused() throws IOException {
    assertThat(read("anymq.prefetch=5\nanymq.prefetch=5\n")).containsEntry("anymq.prefetch", "5");
    assertThatThrownBy(() -> read("anymq.prefetch=5\nanymq.password=a\nanymq.password=b\n"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("mq.properties sets 'anymq.password' twice, to different values");
  }

  private static Properties read(String text) throws IOException {
    return Configuration.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theEnvironmentSpellsNativeNames() {
    Configuration configuration = configuration(Map.of("ANYMQ_NATIVE_QUEUE_ORDERS", "LEGACY"));
    assertThat(configuration.options(null, ConnectionOptions.all()))
        .containsEntry("native-queue.$ORDERS", "LEGACY");
  }
}
