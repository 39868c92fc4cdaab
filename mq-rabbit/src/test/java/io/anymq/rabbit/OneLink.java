package io.anymq.rabbit;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Tests on the broker that all share, each with a link of its own. */
@Timeout(60)
abstract class OneLink {

  final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  final RabbitLink link = Links.open(broker.url());

  @AfterEach
  final void disconnect() {
    link.close(Duration.ofSeconds(5));
  }
}
