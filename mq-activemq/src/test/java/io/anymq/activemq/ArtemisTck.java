package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionFactory;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;
import io.anymq.tck.broker.ArtemisBroker;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
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
}
