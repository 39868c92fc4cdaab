package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs RabbitMQ in a container where Docker answers and has the image or can get it. Where it does
 * not, what is left to test is that the kit says so at once; docs/testing.md tells how to make an
 * image without a registry.
 */
@Timeout(1500)
class ContainerBrokerTest {

  private static final Duration QUICK = Duration.ofSeconds(30);

  @Test
  void runsInAContainerOrSaysAtOnceWhyNot() throws IOException {
    BrokerSettings settings =
        BrokerSettings.system()
            .with("anymq.tck.rabbitmq.provisioning", "container")
            .with("anymq.tck.rabbitmq.url", "");
    long start = System.nanoTime();
    BrokerHandle started;
    try {
      started = BrokerProvisioner.with(settings).start("rabbitmq");
    } catch (BrokerUnavailableException closed) {
      assertThat(closed).hasMessageContaining("container: ");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK);
      return;
    }
    try (started) {
      assertIsWhatItSays(started);
    }
    assertThat(Remains.isFree(started.url())).isTrue();
  }

  private static void assertIsWhatItSays(BrokerHandle broker) throws IOException {
    assertThat(broker.provisioning()).isEqualTo(Provisioning.CONTAINER);
    String url = broker.url();
    InetSocketAddress direct = ExternalBroker.address(url, 5672);
    InetSocketAddress proxied = ExternalBroker.address(broker.proxiedUrl(), 5672);
    assertThat(new AmqpProbe(direct).version()).isEqualTo(broker.version());
    assertThat(new AmqpProbe(proxied).version()).isEqualTo(broker.version());

    broker.pause();
    assertThatThrownBy(() -> new AmqpProbe(direct).version()).isInstanceOf(IOException.class);
    broker.resume();
    broker.cutNetwork();
    assertThatThrownBy(() -> new AmqpProbe(proxied).version()).isInstanceOf(IOException.class);
    broker.restoreNetwork();

    broker.kill();
    assertThatThrownBy(() -> new AmqpProbe(direct).version()).isInstanceOf(IOException.class);
    broker.restart();
    assertThat(broker.url()).isEqualTo(url);
    broker.stop();
    broker.restart();
    assertThat(new AmqpProbe(proxied).version()).isEqualTo(broker.version());
    assertThat(broker.logTail()).contains("Server startup complete");
  }
}
