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
    assertThat(loss(declared(false, Map.of("x-max-priority", 3))).orElseThrow())
        .contains("not durable");
  }

  /** What it is told to lose is lost: 4 of 10 messages, of which no application received one. */
  @Test
  void aQuorumQueueWithADeliveryLimitLosesToIdleConsumersAndIsWarnedOf() throws Exception {
    Queue queue = declared(true, Map.of("x-queue-type", "quorum", "x-delivery-limit", 2));
    List<String> warnings;
    try (LogLines log = new LogLines(queue.name())) {
      Links.send(link, queue, 10);
      for (int round = 0; round < 3; round++) {
        Links.awaitDepth(link, queue, 10);
        Links.Received idle = Links.consume(link, Links.queue(queue), 4);
        idle.next(4);
        idle.consumer().close();
      }
      warnings = log.lines();
    }
    Links.awaitDepth(link, queue, 6);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("queue '" + queue.name() + "' may lose messages that were confirmed")
        .contains("more than 2 times")
        .contains("x-delivery-limit");
  }

  @Test
  void aDurableSubscriptionThatAnotherProgramMadeWithADeliveryLimitIsWarnedOf() throws Exception {
    Topic topic = Links.newTopic(link);
    String queue = new RabbitNames(NativeNames.none()).subscription(topic, "s");
    declare(queue, true, Map.of("x-queue-type", "quorum", "x-delivery-limit", 5));
    try (LogLines log = new LogLines(queue)) {
      Links.consume(link, Links.durable(topic, "s"), 1).consumer().close();
      Links.consume(link, Links.durable(topic, "s"), 1);
      assertThat(log.lines()).singleElement().asString().contains("subscription 's'", "5 times");
    }
  }

  /** Where neither its arguments nor a policy say more, the version decides. */
  @Test
  void ofAQuorumQueueWithoutALimitTheBrokersDefaultIsTold() throws Exception {
    QueueKind kind = kind(declared(true, Map.of("x-queue-type", "quorum")));
    assertThat(new DeliveryLimits("3.10.8").loss(kind, QueuePolicy.NONE)).isEmpty();
    assertThat(new DeliveryLimits("4.0.5").loss(kind, QueuePolicy.NONE).orElseThrow())
        .contains("more than 20 times");
  }

  @Test
  void aNegativeDeliveryLimitIsReadAsTheBrokerUnderstandsIt() throws Exception {
    QueueKind kind = kind(declared(true, Map.of("x-queue-type", "quorum", "x-delivery-limit", -1)));
    assertThat(new DeliveryLimits("3.10.8").loss(kind, QueuePolicy.NONE).orElseThrow())
        .contains("more than 0 times");
    assertThat(new DeliveryLimits("4.1.8").loss(kind, QueuePolicy.NONE)).isEmpty();
  }

  @Test
  void queuesThatThisAdapterMakesAreNotWarnedOf() throws Exception {
    Queue queue = Queue.of("own." + UUID.randomUUID());
    Queue longNamed = Queue.of("own." + UUID.randomUUID() + "x".repeat(150));
    Topic topic = Links.newTopic(link);
    try (LogLines log = new LogLines(queue.name(), longNamed.name(), topic.name())) {
      for (Queue each : List.of(queue, longNamed)) {
        link.declare(each, QueueOptions.DEFAULT);
        Links.send(link, each, 1);
        Links.consume(link, Links.queue(each), 1);
      }
      Links.consume(link, Links.durable(topic, "s"), 1);
      assertThat(log.lines()).isEmpty();
    }
    for (String version : List.of("3.10.8", "4.0.5")) {
      for (Queue each : List.of(queue, longNamed)) {
        assertThat(new DeliveryLimits(version).loss(kind(each), QueuePolicy.NONE)).isEmpty();
      }
    }
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
        "{\"pattern\":\"%s\",\"definition\":{\"max-length\":2,\"delivery-limit\":7},\"apply-to\":\"queues\"}"
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
    QueuePolicy policy = management.policy(queue);
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (policy.loss().isEmpty() && System.nanoTime() < deadline) {
      policy = management.policy(queue);
    }
    assertThat(policy.loss()).hasValueSatisfying(text -> assertThat(text).contains("policy"));
    assertThat(new DeliveryLimits("3.10.8").loss(QueueKind.QUORUM, policy).orElseThrow())
        .as("what a policy limits, though the adapter made it")
        .contains("more than 7 times", "by a policy");
    assertThat(new DeliveryLimits("3.10.8").loss(QueueKind.CLASSIC, policy)).isEmpty();
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
    declare(queue.name(), durable, arguments);
    return queue;
  }

  private void declare(String queue, boolean durable, Map<String, Object> arguments)
      throws Exception {
    try (Channel channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.queueDeclare(queue, durable, false, false, arguments);
    }
  }

  private Optional<String> loss(Queue queue) {
    return kind(queue).loss();
  }

  private QueueKind kind(Queue queue) {
    RabbitConnector connector =
        new RabbitConnector(
            Links.request(broker.url(), Options.none(), new LinkedBlockingQueue<>()));
    NativeConnection connection = connector.connect("kinds");
    try {
      return new QueueKinds(connection, QueueKind.QUORUM, "/").of(queue.name()).orElseThrow();
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
