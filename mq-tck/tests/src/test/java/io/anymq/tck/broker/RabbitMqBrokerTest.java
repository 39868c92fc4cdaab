package io.anymq.tck.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two nodes that start at the same time: one with the default account, one with another and found
 * through the PATH.
 */
@Timeout(240)
class RabbitMqBrokerTest {

  private static final BrokerSettings LOCAL =
      BrokerSettings.system()
          .with("anymq.tck.rabbitmq.provisioning", "local-process")
          .with("anymq.tck.rabbitmq.url", "");
  private static final List<String> SAID = new ArrayList<>();
  private static final List<BrokerHandle> STARTED = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static Remains before;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static BrokerHandle first;

  @SuppressWarnings("NullAway.Init")
  private static BrokerHandle second;

  @BeforeAll
  @Timeout(600)
  static void start() {
    before = new Remains();
    BrokerSettings throughPath = installed();
    CompletableFuture<BrokerHandle> other =
        CompletableFuture.supplyAsync(
            () ->
                started(
                    BrokerProvisioner.with(throughPath)
                        .start(
                            "rabbitmq", BrokerOptions.none().withCredentials("ann", "p@ss /1"))));
    first = started(BrokerProvisioner.with(LOCAL).announcingTo(SAID::add).start("rabbitmq"));
    second = other.join();
  }

  private static synchronized BrokerHandle started(BrokerHandle broker) {
    STARTED.add(broker);
    return broker;
  }

  /**
   * As if the packages had been installed: their programs are on the PATH, with Debian's wrapper in
   * front.
   */
  private static BrokerSettings installed() {
    BrokerRequest request = new BrokerRequest("rabbitmq", BrokerOptions.none(), LOCAL, SAID::add);
    Path inner = RabbitMqInstallation.get(request).server();
    Path root = inner.resolve("../../../..").normalize();
    String path = root.resolve("sbin") + ":" + root.resolve("lib/erlang/bin") + ":/usr/bin:/bin";
    BrokerSettings settings = LOCAL.withVariable("PATH", path);
    assertThat(RabbitMqInstallation.installed(settings))
        .map(RabbitMqInstallation::server)
        .contains(inner);
    return settings;
  }

  @AfterAll
  static void everythingGoes() throws IOException {
    STARTED.forEach(BrokerHandle::close);
    STARTED.forEach(BrokerHandle::close);
    for (BrokerHandle broker : STARTED) {
      assertThat(Remains.isFree(broker.url())).as("the port of %s is free", broker.url()).isTrue();
    }
    before.assertNothingNew();
    assertThat(Remains.strayPortMappers()).isEmpty();
  }

  @Test
  void bothAnswerSideBySide() throws Exception {
    assertThat(first.url()).isNotEqualTo(second.url());
    assertThat(first.version()).matches("[34]\\.\\d+\\.\\d+.*");
    assertThat(first.provisioning()).isEqualTo(Provisioning.LOCAL_PROCESS);
    connect(first.url()).close();
    connect(second.url()).close();
    assertThat(SAID)
        .last()
        .asString()
        .startsWith("rabbitmq " + first.version() + " (local-process)");
  }

  @Test
  void onlyTheGivenAccountComesIn() {
    String asGuest = second.url().replaceFirst("//.*@", "//guest:guest@");
    assertThatThrownBy(() -> connect(asGuest)).isInstanceOf(AuthenticationFailureException.class);
  }

  /**
   * A node's monitor wants the mapper a minute after the node has started, and begins by starting
   * an Erlang for it.
   */
  @Test
  void noPortMapperRunsEvenAfterTheNodeHasLookedForIt() {
    assertThat(Remains.within(Duration.ofMinutes(3), RabbitMqBrokerTest::triesToStartPortMapper))
        .as("the monitor has looked; if it never does, this version needs no such care")
        .isTrue();
    assertThat(Remains.within(Duration.ofSeconds(30), () -> !triesToStartPortMapper())).isTrue();
    assertThat(Remains.strayPortMappers()).isEmpty();
  }

  private static boolean triesToStartPortMapper() {
    return ProcessHandle.current()
        .descendants()
        .anyMatch(process -> process.info().commandLine().orElse("").contains("epmd-starter"));
  }

  @Test
  void aQuorumQueueSurvivesKillAndRestartAtTheSameUrl() throws Exception {
    String url = first.url();
    try (Connection connection = connect(url);
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("kept", true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      channel.basicPublish(
          "", "kept", MessageProperties.PERSISTENT_BASIC, "still here".getBytes(UTF_8));
      channel.waitForConfirmsOrDie(10_000);
    }
    assertThat(Remains.within(Duration.ofSeconds(20), () -> isRegisteredOnDisk("kept"))).isTrue();
    first.kill();
    assertThat(Remains.isFree(url)).isTrue();
    first.restart();
    assertThat(first.url()).isEqualTo(url);
    assertThat(receive(url, "kept")).contains("still here");
  }

  /**
   * A node writes down that it has a quorum queue half a second after it was declared; killed
   * before that, it loses the queue for good, with all that was confirmed (seen with 3.10.8).
   */
  private static boolean isRegisteredOnDisk(String queue) {
    return Remains.directories().stream().anyMatch(directory -> isRegistered(directory, queue));
  }

  private static boolean isRegistered(Path directory, String queue) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path register : files.filter(file -> file.endsWith("names.dets")).toList()) {
        if (new String(Files.readAllBytes(register), ISO_8859_1).contains(queue)) {
          return true;
        }
      }
      return false;
    } catch (IOException | UncheckedIOException changing) {
      // The node is at work in there; the next look will tell.
      return false;
    }
  }

  /**
   * A quorum queue elects its leader after the node answers; until then, asking it ends in an error
   * that closes the connection.
   */
  private static Optional<String> receive(String url, String queue) {
    List<String> got = new ArrayList<>();
    Remains.within(Duration.ofSeconds(60), () -> get(url, queue).map(got::add).orElse(false));
    return got.stream().findFirst();
  }

  private static Optional<String> get(String url, String queue) {
    try (Connection connection = connect(url)) {
      GetResponse response = connection.createChannel().basicGet(queue, true);
      return Optional.ofNullable(response).map(found -> new String(found.getBody(), UTF_8));
    } catch (IOException | AlreadyClosedException noLeaderYet) {
      return Optional.empty();
    }
  }

  @Test
  void aFrozenNodeIsSilentAndGoesOnAfterwards() throws Exception {
    InetSocketAddress address = ExternalBroker.address(second.url(), 5672);
    try (Connection connection = connect(second.url())) {
      second.pause();
      assertThatThrownBy(() -> new AmqpProbe(address).version()).isInstanceOf(IOException.class);
      second.resume();
      assertThat(new AmqpProbe(address).version()).isEqualTo(second.version());
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void cuttingTheNetworkResetsOnlyWhatGoesThroughTheProxy() throws Exception {
    Connection proxied = connect(second.proxiedUrl());
    try (Connection direct = connect(second.url())) {
      second.cutNetwork();
      assertThat(Remains.within(Duration.ofSeconds(10), () -> !proxied.isOpen())).isTrue();
      assertThatThrownBy(() -> connect(second.proxiedUrl())).isInstanceOf(IOException.class);
      assertThat(direct.isOpen()).isTrue();
      second.restoreNetwork();
      connect(second.proxiedUrl()).close();
    } finally {
      second.restoreNetwork();
      proxied.abort();
    }
  }

  @Test
  void aWrongSettingFailsWithTheLog() {
    BrokerOptions wrong = BrokerOptions.none().withSetting("no.such.setting", "1");
    assertThatThrownBy(() -> BrokerProvisioner.with(LOCAL).start("rabbitmq", wrong))
        .isInstanceOf(BrokerException.class)
        .isNotInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining("rabbitmq ended while it started")
        .hasMessageContaining("no.such.setting");
  }

  /** Stands for somebody else's broker, which the kit neither starts nor ends. */
  @Test
  void anExternalBrokerIsTakenFirst() throws Exception {
    BrokerSettings settings = BrokerSettings.system().with("anymq.tck.rabbitmq.url", second.url());
    try (BrokerHandle external = BrokerProvisioner.with(settings).start("rabbitmq")) {
      assertThat(external.provisioning()).isEqualTo(Provisioning.EXTERNAL);
      assertThat(external.version()).isEqualTo(second.version());
      assertThat(external.controls())
          .containsExactly(BrokerControl.CUT_NETWORK, BrokerControl.SWALLOW);
      assertThatThrownBy(external::kill).isInstanceOf(UnsupportedOperationException.class);
      connect(external.proxiedUrl()).close();
    }
    connect(second.url()).close();
  }

  private static Connection connect(String url) throws IOException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    factory.setConnectionTimeout(5_000);
    try {
      factory.setUri(URI.create(url));
      return factory.newConnection();
    } catch (GeneralSecurityException | TimeoutException e) {
      throw new IOException(e);
    }
  }
}
