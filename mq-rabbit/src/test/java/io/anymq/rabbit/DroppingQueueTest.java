package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Queues that others made, and that lose what they confirm; and what a queue is declared as. */
final class DroppingQueueTest extends OneLink {

  @Test
  void whatAQueueLosesIsToldByItsArguments() throws Exception {
    assertLoss("drops its oldest", Map.of("x-max-length", 5));
    assertLoss("drops its oldest", Map.of("x-max-length-bytes", 5000, "x-overflow", "drop-head"));
    assertLoss("drops each message after 7000 ms", Map.of("x-message-ttl", 7000));
    assertLoss("nobody uses it for 60000 ms", Map.of("x-expires", 60_000));
    assertThat(loss(declared(true, Map.of("x-max-length", 5, "x-overflow", "reject-publish"))))
        .isEmpty();
    assertThat(loss(declared(true, Map.of("x-queue-type", "quorum")))).isEmpty();
    assertThat(loss(declared(false, Map.of("x-max-priority", 3))).orElseThrow())
        .contains("not durable");
  }

  @Test
  void whatCannotServeAsAQueueIsRefusedByItsConsumerAndItsProducer() throws Exception {
    for (Map<String, Object> arguments :
        List.<Map<String, Object>>of(
            Map.of("x-queue-type", "stream"), Map.of("x-message-ttl", 0))) {
      Queue queue = declared(true, arguments);
      assertThatThrownBy(() -> Links.consume(link, Links.queue(queue), 1))
          .isInstanceOf(InvalidDestinationException.class)
          .hasMessageContaining("queue '%s' cannot be used", queue.name());
      assertThatThrownBy(() -> link.openProducer(queue, cause -> {}))
          .isInstanceOf(InvalidDestinationException.class);
    }
  }

  @Test
  void aPolicyIsToldWhereTheManagementInterfaceIsKnown() throws Exception {
    assumeTrue(broker.managementUrl().isPresent(), "a broker whose management interface is known");
    String url = broker.managementUrl().orElseThrow();
    String name = "policy." + UUID.randomUUID();
    Queue queue = Queue.of(name);
    link.declare(queue, QueueOptions.DEFAULT);
    Topic topic = Topic.of(name);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.consume(link, Links.durable(topic, "s"), 1);
    put(
        url + "/api/policies/%2F/" + name,
        "{\"pattern\":\"%s\",\"definition\":{\"max-length\":2},\"apply-to\":\"queues\"}"
            .formatted(name));
    Options options = Options.none().with(RabbitOptions.MANAGEMENT, url);
    RabbitManagement management =
        RabbitManagement.find(Links.request(broker.url(), options, new LinkedBlockingQueue<>()))
            .orElseThrow();
    assertLossByPolicy(management, name);
    RabbitNames names = new RabbitNames(NativeNames.none());
    assertLossByPolicy(management, names.subscription(topic, "s"));
  }

  private static void assertLossByPolicy(RabbitManagement management, String queue)
      throws IOException {
    Optional<String> loss = management.lossByPolicy(queue);
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (loss.isEmpty() && System.nanoTime() < deadline) {
      loss = management.lossByPolicy(queue);
    }
    assertThat(loss).hasValueSatisfying(text -> assertThat(text).contains("policy"));
  }

  @Test
  void anExistingQueueIsNotDeclaredWithOtherOptions() {
    Queue plain = Links.newQueue(link);
    Queue bounded = Queue.of("b." + UUID.randomUUID());
    QueueOptions five = QueueOptions.builder().maxLength(5).build();
    QueueOptions six = QueueOptions.builder().maxLength(6).build();
    QueueOptions prioritized = QueueOptions.builder().prioritized(true).build();
    link.declare(bounded, five);
    link.declare(bounded, five);
    link.declare(bounded, QueueOptions.DEFAULT);
    for (QueueOptions other : List.of(six, prioritized)) {
      assertThatThrownBy(() -> link.declare(bounded, other))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContaining("queue '%s' exists with a maximum length of 5", bounded.name());
      assertThatThrownBy(() -> link.declare(plain, other))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessageContaining("no maximum length and no priorities");
    }
  }

  private void assertLoss(String expected, Map<String, Object> arguments) throws Exception {
    assertThat(loss(declared(true, arguments)))
        .as("%s", arguments)
        .hasValueSatisfying(text -> assertThat(text).contains(expected));
  }

  private Queue declared(boolean durable, Map<String, Object> arguments) throws Exception {
    Queue queue = Queue.of("drops." + UUID.randomUUID());
    try (Channel channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.queueDeclare(queue.name(), durable, false, false, arguments);
    }
    return queue;
  }

  private Optional<String> loss(Queue queue) {
    RabbitConnector connector =
        new RabbitConnector(
            Links.request(broker.url(), Options.none(), new LinkedBlockingQueue<>()));
    NativeConnection connection = connector.connect("kinds");
    try {
      return new QueueKinds(connection, QueueKind.QUORUM, "/")
          .of(queue.name())
          .orElseThrow()
          .loss();
    } finally {
      connection.close(Links.PATIENCE);
    }
  }

  private static void put(String url, String json) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    String user =
        Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
    connection.setRequestProperty("Authorization", "Basic " + user);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
    assertThat(connection.getResponseCode()).as("the policy's status").isBetween(200, 204);
    connection.disconnect();
  }
}
