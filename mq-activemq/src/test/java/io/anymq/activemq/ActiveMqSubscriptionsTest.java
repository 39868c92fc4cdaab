package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Topic;
import io.anymq.activemq.FakeOpenWire.Fate;
import io.anymq.spi.NativeNames;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.command.ConnectionInfo;
import org.junit.jupiter.api.Test;

/** The connections that durable subscriptions have of their own. */
final class ActiveMqSubscriptionsTest {

  @Test
  void aBrokerThatHangsUpOnceIsAskedAgain() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (FakeOpenWire broker =
        FakeOpenWire.start(
            command ->
                command instanceof ConnectionInfo && connections.incrementAndGet() == 1
                    ? Fate.HANGS_UP
                    : Fate.TAKEN)) {
      ActiveMqSubscriptions subscriptions =
          new ActiveMqSubscriptions(broker.request(Duration.ofSeconds(10)));
      ActiveMqShare share =
          ActiveMqShare.of(
                  Links.durable(Topic.of("t"), "team"),
                  new ActiveMqDestinations(NativeNames.none()))
              .orElseThrow();
      OpenWire own = subscriptions.connect(share, lost -> {});
      assertThat(own.isLive()).isTrue();
      own.close(Duration.ofSeconds(5));
    }
    assertThat(connections).hasValue(2);
  }
}
