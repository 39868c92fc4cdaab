package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.tck.broker.BrokerSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a program finds that starts together with its broker. */
final class KafkaFirstReceiveTest {

  /** As in many a first program. A broker gives its first member partitions after 5 s. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final BrokerHandle fresh =
      BrokerProvisioner.with(
              BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process"))
          .start("kafka");
  private final Connection connection = ConnectionFactory.of(fresh.url()).connect();
  private final Queue queue = Queue.of("first");

  @AfterEach
  void close() {
    connection.close();
    fresh.close();
  }

  private static void assertFound(Consumer consumer) {
    Optional<Delivery> first = consumer.receive(LIMIT);
    assertThat(first).as("within %s of a receive; see FirstMembers", LIMIT).isPresent();
    first.orElseThrow().accept();
  }

  @Test
  void theFirstReceiveFindsWhatWasSent() {
    connection.send(queue, Message.text("hello"));
    assertFound(connection.createConsumer(queue));
  }

  @Test
  void andSoDoesOneInOrderByKey() {
    connection.send(queue, Message.text("hello"));
    ConsumerOptions inOrder = ConsumerOptions.builder().keyOrdered(true).build();
    assertFound(connection.createConsumer(queue, inOrder));
  }

  @Test
  void andSoDoesOneOfASubscriptionToAPattern() {
    Topic topic = Topic.of("first.one");
    connection.declare(topic);
    SubscriptionOptions durable = SubscriptionOptions.durable("s");
    Consumer consumer = connection.subscribe(TopicPattern.of("first.#"), durable);
    connection.send(topic, Message.text("hello"));
    assertFound(consumer);
  }

  /** The one that is not the first must not find the way prepared that is not yet. */
  @Test
  void andSoDoBothOfTwoThatOpenAtOnce() throws Exception {
    Queue other = Queue.of("other");
    connection.send(queue, Message.text("hello"));
    connection.send(other, Message.text("hello"));
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> assertFound(connection.createConsumer(queue)));
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> assertFound(connection.createConsumer(other)));
    CompletableFuture.allOf(first, second).get(60, TimeUnit.SECONDS);
  }
}
