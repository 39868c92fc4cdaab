package io.anymq.kafka;

import io.anymq.Queue;
import io.anymq.spi.Link;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A link to the broker that all tests share, and a queue of its own, for each test. */
abstract class LinkTest {

  final BrokerHandle broker = BrokerProvisioner.shared("kafka");
  Link link;
  Queue queue;

  @BeforeEach
  final void openLink() {
    link = Links.open(broker);
    queue = Links.newQueue(link);
  }

  @AfterEach
  final void closeLink() {
    link.close(Links.PATIENCE);
  }
}
