package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.anymq.Capability;
import io.anymq.InvalidOptionException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The management interface of a real broker, and what stands in for one that is not there. */
@Timeout(60)
final class RabbitManagementTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");

  private static Options at(String url) {
    return Options.none().with(RabbitOptions.MANAGEMENT, url);
  }

  private String managementUrl() {
    assumeTrue(broker.managementUrl().isPresent(), "a broker whose management interface is known");
    return broker.managementUrl().orElseThrow();
  }

  /** Names that a regular expression would take for another queue's too. */
  @Test
  void tellsOneQueuesMessagesFromAnothers() throws Exception {
    RabbitLink link = Links.open(broker.url(), at(managementUrl()));
    String name = "in.flight-" + UUID.randomUUID();
    Queue queue = Queue.of(name);
    Queue similar = Queue.of(name.replace('.', '_'));
    for (Queue each : List.of(queue, similar)) {
      link.declare(each, QueueOptions.builder().prioritized(true).build());
      Links.send(link, each, 3);
    }
    assertThat(Links.consume(link, Links.queue(similar), 3).next(3)).hasSize(3);
    assertThat(Links.consume(link, Links.queue(queue), 1).next()).isNotNull();
    QueueDepth depth = link.depth(queue);
    while (depth.inFlight().orElse(0) == 0) {
      depth = link.depth(queue);
    }
    assertThat(depth.inFlight()).hasValue(1);
    assertThat(depth.ready()).hasValue(2);
    assertThat(depth.exact()).isFalse();
    link.close(Duration.ofSeconds(5));
  }

  @Test
  void anInterfaceThatRefusesOrIsNotThereIsNoReasonNotToConnect() throws Exception {
    Options refused = at(managementUrl()).with(RabbitOptions.MANAGEMENT_PASSWORD, "wrong");
    for (Options options : List.of(refused, at("http://127.0.0.1:1"))) {
      RabbitLink link = Links.open(broker.url(), options);
      assertThat(link.capabilities()).doesNotContainKey(Capability.IN_FLIGHT_COUNT);
      assertThat(link.depth(Links.newQueue(link)).inFlight()).isEmpty();
      link.close(Duration.ofSeconds(5));
    }
  }

  /** A monitor asks for depths all day long, and the interface may be away for an hour of it. */
  @Test
  void anInterfaceThatGoesAwayIsNamedOnceAndNotForEachDepth() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = "{\"items\":[]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    RabbitLink link = Links.open(broker.url(), at("http://127.0.0.1:" + port));
    server.stop(0);
    Queue queue = Links.newQueue(link);
    try (LogLines log = new LogLines("127.0.0.1:" + port)) {
      for (int i = 0; i < 20; i++) {
        assertThat(link.depth(queue).inFlight()).isEmpty();
      }
      assertThat(log.lines()).singleElement().asString().contains("does not answer");
    }
    link.close(Duration.ofSeconds(5));
  }

  /** The broker's default is told of a queue until its policy is known, and that is told then. */
  @Test
  void whatAPolicyLosesIsToldThoughTheInterfaceWasAwayAtFirst() throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    String policy = "{\"items\":[{\"effective_policy_definition\":{\"message-ttl\":60000}}]}";
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = policy.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(away.get() ? 503 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String name = "unknown." + UUID.randomUUID();
    QueueKind kind = new QueueKind(Map.of("x-queue-type", "quorum"));
    try (LogLines log = new LogLines(name)) {
      Options options = at("http://127.0.0.1:" + server.getAddress().getPort());
      QueueCheck check =
          new QueueCheck(
              RabbitManagement.find(
                  Links.request(broker.url(), options, new LinkedBlockingQueue<>())),
              new DeliveryLimits("4.1.0"),
              Duration.ZERO);
      away.set(true);
      check.check(Queue.of(name), name, kind);
      check.check(Queue.of(name), name, kind);
      assertThat(log.lines()).singleElement().asString().contains("more than 20 times");
      away.set(false);
      check.check(Queue.of(name), name, kind);
      check.check(Queue.of(name), name, kind);
      assertThat(log.lines()).hasSize(2).last().asString().contains("message-ttl of a policy");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatAnswersOtherwiseIsNoManagementInterface() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      RabbitLink link = Links.open(broker.url(), at(url));
      assertThat(link.capabilities()).doesNotContainKey(Capability.IN_FLIGHT_COUNT);
      link.close(Duration.ofSeconds(5));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aUrlWithAPasswordIsRefusedAndNotPrinted() {
    for (String url :
        List.of(
            "http://u:secret@host",
            "http://u:12/secret@host:15672",
            "http://u:12/secret@secret",
            "https://u/secret@host/",
            "ftp://secret",
            "secret:1",
            "http://secret^",
            "http://secret#f",
            "http://secret:70000")) {
      assertThatThrownBy(() -> Links.open(broker.url(), at(url)))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageNotContaining("secret")
          .hasNoCause();
    }
  }
}
