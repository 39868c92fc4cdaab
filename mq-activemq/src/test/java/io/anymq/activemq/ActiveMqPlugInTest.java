package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that answers no questions about statistics. */
@Timeout(60)
final class ActiveMqPlugInTest {

  @Test
  void aBrokerWithoutThePlugInIsWarnedOf() {
    BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    try (BrokerHandle plain =
        BrokerProvisioner.system()
            .start("activemq", BrokerOptions.none().withSetting("statistics", "false"))) {
      ActiveMqLink link =
          ActiveMqLink.open(Links.request(plain.url(), new LinkedBlockingQueue<>()), warnings::add);
      assertThat(warnings).hasSize(1);
      assertThat(warnings.peek())
          .contains("prefetch therefore counts as delivered")
          .contains("durable subscription of a deleted topic")
          .contains("Add <statisticsBrokerPlugin/>");
      link.close(Duration.ofSeconds(5));
    }
  }
}
