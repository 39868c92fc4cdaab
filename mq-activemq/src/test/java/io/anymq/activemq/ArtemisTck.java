package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Message;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.NativeNames;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;
import io.anymq.tck.broker.ArtemisBroker;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every rule of the kit, against the adapter and ActiveMQ Artemis. Its name keeps it out of an
 * ordinary build: {@code -Dtest=ArtemisTck} runs it.
 */
final class ArtemisTck extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new ArtemisHarness();
  }

  @Test
  @Timeout(60)
  void whoMayNotAskTheManagementIsRefused() {
    BrokerOptions options =
        BrokerOptions.none().withCredentials("ann", "secret").withSetting("manage", "false");
    try (BrokerHandle broker = ArtemisBroker.start(options)) {
      assertThatThrownBy(() -> ConnectionFactory.of(broker.url()).connect())
          .isInstanceOf(UnsupportedCapabilityException.class)
          .hasMessageContaining("The broker is ActiveMQ Artemis")
          .hasMessageContaining("the permission 'manage' on activemq.management");
    }
  }

  @Test
  @Timeout(120)
  void persistenceIsDeclaredOnlyWhereTheBrokerStores() {
    try (BrokerHandle broker = VolatileArtemis.start()) {
      try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
        assertThat(connection.capabilities().supports(Capability.PERSISTENCE)).isFalse();
      }
      ConnectionFactory needy = ConnectionFactory.of(broker.url()).require(Capability.PERSISTENCE);
      assertThatThrownBy(needy::connect)
          .isInstanceOf(UnsupportedCapabilityException.class)
          .hasMessageContaining("persistence-enabled");
    }
    try (BrokerHandle broker = ArtemisBroker.start(BrokerOptions.none());
        Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      assertThat(connection.capabilities().supports(Capability.PERSISTENCE)).isTrue();
    }
  }

  /** It is asked for a WARN alone. */
  @Test
  void whetherADestinationLosesMessagesNeedNotBeTold() throws Exception {
    List<String> warnings = new ArrayList<>();
    try (BrokerHandle broker = ArtemisBroker.start(BrokerOptions.none())) {
      OpenWire wire =
          OpenWire.open(
              Links.request(broker.url(), Options.none(), new LinkedBlockingQueue<>()),
              Optional.empty(),
              lost -> {});
      ArtemisLosses losses =
          new ArtemisLosses(
              new ActiveMqDestinations(NativeNames.none()),
              ArtemisManagement.detect(wire, Links.PATIENCE).orElseThrow(),
              warnings::add);
      wire.close(Links.PATIENCE); // it does not answer any more
      losses.check(Queue.of("q"));
    }
    assertThat(warnings).isEmpty();
  }

  /** What a delayed send waits for is a question that this broker answers, too. */
  @Test
  @Timeout(60)
  void aPropertyForASchedulerKeepsItsNativeMeaning() {
    try (BrokerHandle broker = ArtemisBroker.start(BrokerOptions.none());
        Connection connection = ConnectionFactory.of(broker.url()).connect();
        Consumer consumer = connection.createConsumer(Queue.of("later"))) {
      connection.send(
          Queue.of("later"),
          Message.text("x").toBuilder().property("AMQ_SCHEDULED_DELAY", 100L).build());
      assertThat(consumer.receive(Links.PATIENCE).orElseThrow().message().text()).isEqualTo("x");
    }
  }

  /** Some settings have an effect only together with others, or without them. */
  @Test
  @Timeout(120)
  void settingsThatLoseTogetherAreWarnedOf() {
    List<String> warnings =
        warningsOf(
            List.of(
                List.of("late", "{\"minExpiryDelay\":7000}"),
                List.of("both", "{\"minExpiryDelay\":7000,\"maxExpiryDelay\":8000}"),
                List.of("kept", "{\"minExpiryDelay\":7000,\"noExpiry\":true}"),
                List.of("paged", "{\"pageLimitMessages\":10,\"pageFullMessagePolicy\":\"DROP\"}"),
                List.of("unlimited", "{\"pageFullMessagePolicy\":\"DROP\"}"),
                List.of(
                    "failing", "{\"pageLimitMessages\":10,\"pageFullMessagePolicy\":\"FAIL\"}")));
    assertThat(warnings).hasSize(3);
    assertThat(warnings.get(0)).contains("'late'").contains("after 7000 ms (min-expiry-delay)");
    assertThat(warnings.get(1)).contains("'both'").contains("after 8000 ms (max-expiry-delay)");
    assertThat(warnings.get(2)).contains("'paged'").contains("page-full-policy DROP");
  }

  /** What is said of queues with these settings, each a name and JSON text. */
  private static List<String> warningsOf(List<List<Object>> settings) {
    List<String> warnings = new ArrayList<>();
    try (BrokerHandle broker = ArtemisBroker.start(BrokerOptions.none())) {
      OpenWire wire =
          OpenWire.open(
              Links.request(broker.url(), new LinkedBlockingQueue<>()),
              Optional.empty(),
              lost -> {});
      ArtemisManagement management = ArtemisManagement.detect(wire, Links.PATIENCE).orElseThrow();
      ActiveMqLink link =
          ActiveMqLink.open(
              Links.request(broker.url(), new LinkedBlockingQueue<>()), warnings::add);
      for (List<Object> each : settings) {
        assertThat(management.invoke("broker", "addAddressSettings", each))
            .as("%s", each)
            .contains("managementBrowsePageSize");
        link.openProducer(Queue.of(each.get(0).toString()), cause -> {}).close();
      }
      link.close(Links.PATIENCE);
      wire.close(Links.PATIENCE);
    }
    return warnings;
  }

  @Test
  @Timeout(120)
  void whatLosesConfirmedMessagesIsWarnedOf() {
    try (BrokerHandle broker = ArtemisBroker.start(BrokerOptions.none())) {
      BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
      OpenWire wire =
          OpenWire.open(
              Links.request(broker.url(), new LinkedBlockingQueue<>()),
              Optional.empty(),
              lost -> {});
      ArtemisManagement management = ArtemisManagement.detect(wire, Links.PATIENCE).orElseThrow();
      for (List<Object> settings :
          List.<List<Object>>of(
              List.of("bounded", "{\"addressFullMessagePolicy\":\"DROP\"}"),
              List.of("brief", "{\"expiryDelay\":5000}"),
              List.of("buried", "{\"maxDeliveryAttempts\":3,\"deadLetterAddress\":\"\"}"))) {
        assertThat(management.invoke("broker", "addAddressSettings", settings))
            .as("%s", settings)
            .contains("managementBrowsePageSize");
      }
      assertThat(
              management.invoke(
                  "broker",
                  "createQueue",
                  List.of(
                      "{\"name\":\"ring\",\"address\":\"ring\",\"routing-type\":\"ANYCAST\","
                          + "\"ring-size\":3,\"durable\":false}")))
          .contains("ring-size");
      ActiveMqLink link =
          ActiveMqLink.open(
              Links.request(broker.url(), new LinkedBlockingQueue<>()), warnings::add);
      link.openProducer(Queue.of("plain"), cause -> {}).close();
      link.openProducer(Topic.of("plain"), cause -> {}).close();
      assertThat(warnings).isEmpty();
      link.openProducer(Queue.of("ring"), cause -> {}).close();
      link.openProducer(Queue.of("ring"), cause -> {}).close();
      assertThat(warnings).hasSize(1);
      assertThat(warnings.remove())
          .contains("queue 'ring' may lose messages that were confirmed")
          .contains("the newest 3")
          .contains("not durable");
      link.openProducer(Topic.of("bounded"), cause -> {}).close();
      assertThat(warnings.remove()).contains("topic 'bounded'").contains("DROP");
      Links.consume(link, Links.queue(Queue.of("brief")), 1).consumer().close();
      assertThat(warnings.remove()).contains("expire after 5000 ms");
      link.openProducer(Queue.of("buried"), cause -> {}).close();
      assertThat(warnings.remove()).contains("after 3 deliveries");
      link.close(Links.PATIENCE);
      wire.close(Links.PATIENCE);
    }
  }
}
