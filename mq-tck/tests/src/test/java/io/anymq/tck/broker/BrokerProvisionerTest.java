package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerProvisionerTest {

  private static final BrokerSettings SETTINGS = BrokerSettings.system();

  @Test
  void knowsTheBuiltInBackends() {
    assertThat(BrokerProvisioner.system().names()).contains("rabbitmq", "activemq", "kafka");
  }

  @Test
  void refusesANameThatItDoesNotKnow() {
    assertThatThrownBy(() -> BrokerProvisioner.system().start("carrier-pigeon"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("carrier-pigeon")
        .hasMessageContaining("rabbitmq");
  }

  @Test
  void refusesAWayThatItDoesNotKnow() {
    BrokerSettings settings = SETTINGS.with("anymq.tck.provisioning", "local-process,magic");
    assertThatThrownBy(() -> BrokerProvisioner.with(settings).start("kafka"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("magic");
  }

  @Test
  void saysWhyEachWayIsClosed() {
    BrokerSettings settings =
        SETTINGS
            .with("anymq.tck.rabbitmq.provisioning", "local-process, container, external")
            .with("anymq.tck.rabbitmq.url", "")
            .withVariable("DOCKER_HOST", "unix:///nowhere/docker.sock")
            .withVariable("PATH", "/nowhere");
    assertThatThrownBy(() -> BrokerProvisioner.with(settings).start("rabbitmq"))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining("local-process: there is no rabbitmq-server on the PATH")
        .hasMessageContaining("container: Docker does not answer at /nowhere/docker.sock")
        .hasMessageContaining("external: anymq.tck.rabbitmq.url is not set");
  }

  /** Whoever names a broker wants that one: its silence must not lead to another. */
  @Test
  void anExternalBrokerThatDoesNotAnswerIsAFailure() throws IOException {
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(PortReservation.loopback(0));
      BrokerSettings settings =
          SETTINGS.with(
              "anymq.tck.activemq.url", "activemq:tcp://127.0.0.1:" + silent.getLocalPort());
      assertThatThrownBy(() -> BrokerProvisioner.with(settings).start("activemq"))
          .isInstanceOf(BrokerException.class)
          .isNotInstanceOf(BrokerUnavailableException.class)
          .hasMessageContaining("anymq.tck.activemq.url is set");
    }
  }

  @Test
  void aVersionIsLookedForOnlyWhereThereAreSeveral() {
    BrokerSettings settings = SETTINGS.withVariable("DOCKER_HOST", "unix:///nowhere/docker.sock");
    assertThatThrownBy(() -> BrokerProvisioner.with(settings).start("kafka@4.0"))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining("There is no kafka@4.0 broker to be had")
        .hasMessageContaining("external: anymq.tck.kafka@4.0.url is not set")
        .hasMessageContaining("local-process: it has one version only");
  }

  @Test
  void aVersionIsAskedForByItsFirstNumbers() {
    BrokerRequest request =
        new BrokerRequest("rabbitmq@4.1", BrokerOptions.none(), SETTINGS, said -> {});
    assertThat(request.kind()).isEqualTo("rabbitmq");
    assertThat(request.accepts("4.1.0")).isTrue();
    assertThat(request.accepts("4.1")).isTrue();
    assertThat(request.accepts("4.10.0")).isFalse();
    assertThat(request.accepts("3.10.8")).isFalse();
  }

  @Test
  void settingsComeFromPropertiesFirstAndTheEnvironmentSecond() {
    BrokerSettings environment =
        SETTINGS.withVariable("ANYMQ_TCK_KAFKA_URL", "kafka://from-environment:1");
    assertThat(environment.get("anymq.tck.kafka.url")).contains("kafka://from-environment:1");
    assertThat(
            environment
                .with("anymq.tck.kafka.url", "kafka://from-property:1")
                .get("anymq.tck.kafka.url"))
        .contains("kafka://from-property:1");
  }

  @Test
  void findsTheAddressInAUrl() {
    assertThat(ExternalBroker.address("amqp://ann:p%40ss@127.0.0.1/%2F", 5672))
        .isEqualTo(PortReservation.loopback(5672));
    assertThat(ExternalBroker.address("activemq:tcp://127.0.0.1:61617?wireFormat.x=1", 61616))
        .isEqualTo(PortReservation.loopback(61617));
    assertThat(ExternalBroker.address("kafka://127.0.0.1:9093,127.0.0.2:9094", 9092))
        .isEqualTo(PortReservation.loopback(9093));
  }

  @Test
  void findsTheAddressBehindAPassword() {
    for (String password : List.of("p/s^w", "p s", "p@w", "{}|", "p//w", "p,w")) {
      assertThat(ExternalBroker.address("amqp://me:" + password + "@127.0.0.1:5673/v?a=b@c", 5672))
          .isEqualTo(PortReservation.loopback(5673));
    }
  }

  @Test
  void aPasswordInAUrlWithoutAnAddressIsNotPrinted() {
    for (String url :
        List.of(
            "amqp://me:s3cret^",
            "amqp://me:s3cret",
            "amqp://me:s3cret^?s3cret@host",
            "amqp:me:s3cret@host",
            "amqp://me:s3cret@ho st",
            "kafka://h^?password=s3cret@s3cret")) {
      assertThatThrownBy(() -> ExternalBroker.address(url, 5672))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no host")
          .hasMessageNotContaining("s3cret")
          .hasNoCause();
    }
  }

  @Test
  void aProxyTakesThePlaceOfTheAddressAlone() {
    assertThat(ExternalBroker.proxied("amqp://p:p@p/p?p=p", 1))
        .isEqualTo("amqp://p:p@127.0.0.1:1/p?p=p");
    assertThat(ExternalBroker.proxied("activemq:tcp://h:61616?a=h", 1))
        .isEqualTo("activemq:tcp://127.0.0.1:1?a=h");
    assertThat(ExternalBroker.proxied("amqp://p", 1)).isEqualTo("amqp://127.0.0.1:1");
    assertThat(ExternalBroker.proxied("kafka://h1:1,h2:2/", 1)).isEqualTo("kafka://127.0.0.1:1/");
  }
}
