package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether anything was ever delayed, in a virtual host of its own, where nothing was. */
@Timeout(60)
final class DelaysSeenTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final String host = "delays-" + UUID.randomUUID();

  @BeforeEach
  void makeHost() throws Exception {
    assumeTrue(broker.managementUrl().isPresent(), "a broker whose management interface is known");
    manage("PUT");
  }

  @AfterEach
  void deleteHost() throws Exception {
    if (broker.managementUrl().isPresent()) {
      manage("DELETE");
    }
  }

  private void manage(String method) throws Exception {
    URI url = URI.create(broker.managementUrl().orElseThrow() + "/api/vhosts/" + host);
    String user = URI.create(broker.url()).getUserInfo();
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .method(method, HttpRequest.BodyPublishers.ofString("{}"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes(user)))
            .timeout(Links.PATIENCE)
            .build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private RabbitLink open() {
    return Links.open(URI.create(broker.url()).resolve("/" + host).toString());
  }

  private String missing(String what) {
    return "no %s in vhost '%s'".formatted(what, host);
  }

  @Test
  void askingForADepthLeavesNoErrorInTheBrokersLog() {
    RabbitLink link = open();
    Queue queue = Links.newQueue(link);
    assertThat(link.exists(Topic.of("begin"))).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(link.depth(queue).exact()).isTrue();
    }
    assertThat(link.exists(Topic.of("end"))).isFalse();
    String log = broker.logTail();
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!log.contains(missing("exchange 'topic/end'")) && System.nanoTime() < deadline) {
      log = broker.logTail();
    }
    assertThat(log)
        .contains(missing("exchange 'topic/begin'"), missing("exchange 'topic/end'"))
        .doesNotContain(missing("exchange 'anymq/due'"));
    link.close(Duration.ofSeconds(5));
  }

  @Test
  void whatAnotherLinkDelaysIsSeen() throws Exception {
    RabbitLink link = open();
    RabbitLink other = open();
    Queue queue = Links.newQueue(link);
    assertThat(link.depth(queue).exact()).isTrue();
    Message later = Links.text("a").toBuilder().deliveryDelay(Duration.ofMinutes(10)).build();
    Links.send(other, queue, List.of(later));
    assertThat(link.depth(queue).exact()).isFalse();
    assertThat(other.depth(queue).exact()).isFalse();
    link.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }
}
