package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.spi.BrokerUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hubs begin and end; links notice, and nothing is left behind. */
class HubLifeTest {

  private static final Queue QUEUE = Queue.of("orders");

  private static Set<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("anymq-"))
        .collect(Collectors.toSet());
  }

  /** A thread that has told what it was asked for may be there for a moment more. */
  private static void awaitNoThread() {
    long deadline = System.nanoTime() + Links.LIMIT.toNanos();
    while (!ourThreads().isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    assertThat(ourThreads()).as("threads that are left").isEmpty();
  }

  @Test
  void aHubInTheJvmKeepsItsContentAndNoThreadBetweenConnections() {
    String url = "zeromq:inproc://life";
    ZeroMqLink one = Links.connect(url);
    ZeroMqLink two = Links.connect(url);
    one.declare(QUEUE, QueueOptions.DEFAULT);
    Links.send(one, QUEUE, "kept");
    assertThat(two.depth(QUEUE).atRest()).isEqualTo(1);
    one.close(Links.LIMIT);
    two.close(Links.LIMIT);
    awaitNoThread();
    ZeroMqLink three = Links.connect(url);
    assertThat(three.depth(QUEUE).atRest()).isEqualTo(1);
    three.delete(QUEUE);
    three.close(Links.LIMIT);
    awaitNoThread();
  }

  @Test
  void aHubInTheJvmThatHasEndedIsStartedAgainThoughItIsUsed() {
    String url = "zeromq:inproc://ended";
    ZeroMqLink one = Links.connect(url);
    one.declare(QUEUE, QueueOptions.DEFAULT);
    Links.send(one, QUEUE, "kept");
    Objects.requireNonNull(InprocHubs.server("ended")).close();
    ZeroMqLink two = Links.connect(url);
    assertThat(two.depth(QUEUE).atRest()).isEqualTo(1);
    one.close(Links.LIMIT);
    assertThat(two.depth(QUEUE).atRest()).as("behind the end of the other one").isEqualTo(1);
    two.delete(QUEUE);
    two.close(Links.LIMIT);
    awaitNoThread();
  }

  @Test
  void aHubOfOnesOwnTakesItsContentWithIt() {
    try (ZeroMqHub hub = ZeroMqHub.builder().bind("inproc://own").start()) {
      ZeroMqLink link = Links.connect(hub.url());
      link.declare(QUEUE, QueueOptions.DEFAULT);
      assertThatThrownBy(() -> ZeroMqHub.builder().bind("inproc://own").start())
          .isInstanceOf(InvalidOptionException.class);
      link.close(Links.LIMIT);
    }
    ZeroMqLink link = Links.connect("zeromq:inproc://own");
    assertThat(link.exists(QUEUE)).isFalse();
    link.close(Links.LIMIT);
    awaitNoThread();
  }

  @Test
  void oneHubServesSeveralAddresses() {
    try (ZeroMqHub hub =
        ZeroMqHub.builder().bind("tcp://127.0.0.1:0").bind("inproc://several").start()) {
      assertThat(hub.urls()).hasSize(2);
      ZeroMqLink one = Links.connect(hub.urls().get(0));
      ZeroMqLink two = Links.connect(hub.urls().get(1));
      one.declare(QUEUE, QueueOptions.DEFAULT);
      assertThat(two.exists(QUEUE)).isTrue();
      one.close(Links.LIMIT);
      two.close(Links.LIMIT);
    }
    awaitNoThread();
  }

  @Test
  void aPeerThatDiesGivesBackAtOnceWhatItHeld() throws Exception {
    try (ZeroMqHub hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start()) {
      ZeroMqLink link = Links.connect(hub.url());
      link.declare(QUEUE, QueueOptions.DEFAULT);
      Links.send(link, QUEUE, "a");
      // Its heartbeat interval is ten minutes, so that only the end of its connection can tell.
      RawPeer peer = RawPeer.greeted(hub.url());
      peer.openConsumer(1, 1, QUEUE.name(), 5);
      peer.expectOk(1);
      peer.expect(RawPeer.DELIVER);
      peer.close();
      Inbox inbox = new Inbox();
      link.openConsumer(Links.from(QUEUE, 5), inbox);
      assertThat(inbox.next().redelivered()).isTrue();
      link.close(Links.LIMIT);
    }
  }

  @Test
  void nobodyAtThePortIsSaidAtOnce() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    long start = System.nanoTime();
    assertThatThrownBy(() -> Links.connect("zeromq:tcp://127.0.0.1:" + port))
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("127.0.0.1:" + port);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    awaitNoThread();
  }

  @Test
  void aServerThatSaysNothingIsNoHub() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Options quick = Links.quick(Duration.ofMillis(700));
      String url = "zeromq:tcp://127.0.0.1:" + mute.getLocalPort();
      assertThatThrownBy(() -> Links.connect(url, quick, new CompletableFuture<>()))
          .isInstanceOf(ConnectFailedException.class);
    }
    awaitNoThread();
  }

  @Test
  void limitsOfTheHubAreToldAsTheyAre() {
    try (ZeroMqHub hub =
        ZeroMqHub.builder()
            .bind("tcp://127.0.0.1:0")
            .memoryLimit(5_000)
            .maxMessageBytes(4_000)
            .start()) {
      ZeroMqLink link = Links.connect(hub.url());
      link.declare(QUEUE, QueueOptions.DEFAULT);
      Links.send(link, QUEUE, "x".repeat(3_500));
      assertThatThrownBy(() -> Links.send(link, QUEUE, "x".repeat(3_500)))
          .isInstanceOf(QueueFullException.class);
      assertThatThrownBy(() -> Links.send(link, QUEUE, "x".repeat(4_000)))
          .isInstanceOf(MessageTooLargeException.class);
      Links.send(link, QUEUE, "small");
      assertThat(link.depth(QUEUE).atRest()).isEqualTo(2);
      link.close(Links.LIMIT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://*:0", "tcp://0.0.0.0:0"})
  void beyondThisMachineNeedsAWord(String address) {
    assertThatThrownBy(() -> ZeroMqHub.builder().bind(address).start())
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("open=true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//host:1",
        "tcp://host",
        "tcp://host:",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://*:5",
        "tcp://:5",
        "udp://host:5",
        "inproc://",
        "inproc://a b",
        "ipc://",
        "ipc://*"
      })
  void anAddressOfNoFormIsRefused(String address) {
    BrokerUrl url = new BrokerUrl("zeromq", address, Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> new ZeroMqBackend().validate(url))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void credentialsAreRefusedForTheHubKnowsNoUsers() {
    BrokerUrl url =
        new BrokerUrl("zeromq", "tcp://h:1", Optional.of("guest"), Optional.of("secret"));
    assertThatThrownBy(() -> new ZeroMqBackend().validate(url))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageNotContaining("secret");
  }

  /** A hub in a JVM of its own. */
  private static final class HubProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    HubProcess(String... arguments) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(HubMain.class.getName());
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    String url() throws IOException {
      String line = output.readLine();
      assertThat(line).startsWith("anymq hub ").contains(" ready at zeromq:tcp://");
      return line.substring(line.indexOf("zeromq:"));
    }

    int exit() throws InterruptedException {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("the hub ends").isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void aHubThatIsKilledAndStartedAgainIsNoticedAtOnceAndEmpty() throws Exception {
    String url;
    CompletableFuture<MessagingException> lost = new CompletableFuture<>();
    ZeroMqLink link;
    try (HubProcess hub = new HubProcess("--bind", "tcp://127.0.0.1:0")) {
      url = hub.url();
      link = Links.connect(url, Options.none(), lost);
      link.declare(QUEUE, QueueOptions.DEFAULT);
    }
    assertThat(Links.result(lost).code()).isEqualTo(ErrorCode.CONNECTION_LOST);
    link.close(Links.LIMIT);
    try (HubProcess again = new HubProcess("--bind=" + url.substring("zeromq:".length()))) {
      assertThat(again.url()).isEqualTo(url);
      ZeroMqLink fresh = Links.connect(url);
      assertThat(fresh.exists(QUEUE)).isFalse();
      fresh.close(Links.LIMIT);
    }
  }

  @Test
  void aHubProcessEndsInOrderOnSigtermAndWhenItsInputEnds() throws Exception {
    CompletableFuture<MessagingException> lost = new CompletableFuture<>();
    try (HubProcess hub = new HubProcess("--bind", "tcp://127.0.0.1:0")) {
      ZeroMqLink link = Links.connect(hub.url(), Options.none(), lost);
      hub.process.destroy();
      assertThat(Links.result(lost)).hasMessageContaining("closes");
      assertThat(hub.exit()).isEqualTo(143);
      link.close(Links.LIMIT);
    }
    try (HubProcess hub = new HubProcess("--bind", "tcp://127.0.0.1:0", "--watch-stdin")) {
      hub.url();
      hub.process.getOutputStream().close();
      assertThat(hub.exit()).isZero();
    }
  }

  @Test
  void aHubProcessSaysAllThatIsWrongWithItsOptions() throws Exception {
    try (HubProcess hub =
        new HubProcess("--heartbeat", "soon", "--colour", "red", "--bind", "udp://x")) {
      assertThat(hub.output.readLine())
          .contains("heartbeat")
          .contains("--colour")
          .contains("udp://x");
      assertThat(hub.exit()).isEqualTo(2);
    }
  }

  @Test
  void aSendThatCannotBeEncodedFailsAloneAndAtOnce() {
    ZeroMqLink link = Links.connect("zeromq:inproc://encode");
    link.declare(QUEUE, QueueOptions.DEFAULT);
    Links.Sending bad = new Links.Sending(Message.builder().id("\uD83D").build());
    link.openProducer(QUEUE, Links.NEVER_BROKEN).send(bad);
    assertThatThrownBy(() -> Links.result(bad.outcome()))
        .isInstanceOf(io.anymq.InvalidMessageException.class);
    Links.send(link, QUEUE, "good");
    link.delete(QUEUE);
    link.close(Links.LIMIT);
  }
}
