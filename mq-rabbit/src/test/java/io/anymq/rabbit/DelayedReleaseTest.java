package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Released messages that wait at the broker, on a real one. */
final class DelayedReleaseTest extends OneLink {

  private static final Duration SHORT = Duration.ofMillis(50);

  @Test
  void aReleasedMessageLeavesThePrefetchAndComesAgainCounted() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 2);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    InboundDelivery first = received.next();
    first.handedOut();
    release(received, first, Duration.ofSeconds(1));
    InboundDelivery second = received.next();
    assertThat(second.message().text()).as("the one behind it, meanwhile").isEqualTo("1");
    received.accept(second);
    InboundDelivery again = received.next();
    assertThat(again.message()).hasToString(first.message().toString());
    assertThat(again.redelivered()).isTrue();
    assertThat(again.deliveryCount()).isEqualTo(2);
    assertThat(again.earlierHandOuts()).isEqualTo(1);
    received.accept(again);
    received.consumer().close();
    Links.awaitDepth(link, queue, 0);
  }

  /** Its original is accepted when the copy is there, which ends no life. */
  @Test
  void whatWasRecordedBeforeTheWaitStillCounts() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    for (int round = 0; round < 2; round++) {
      Links.Received received = Links.consume(link, Links.queue(queue), 1);
      received.next().handedOut();
      received.consumer().close();
    }
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    InboundDelivery third = received.next();
    third.handedOut();
    release(received, third, SHORT);
    assertThat(received.next().earlierHandOuts()).isEqualTo(3);
    received.consumer().close();
    RabbitLink other = Links.open(broker.url());
    assertThat(Links.consume(other, Links.queue(queue), 1).next().earlierHandOuts())
        .as("as another process reads it")
        .isEqualTo(3);
    other.close(Duration.ofSeconds(5));
  }

  /** Who sends it again, with its id, sends another message. */
  @Test
  void aCopyThatIsAcceptedEndsWhatWasRecordedBeforeIt() throws Exception {
    Queue queue = Links.newQueue(link);
    List<Message> message = List.of(Links.text("m"));
    Links.send(link, queue, message);
    handOutAndClose(queue);
    handOutAndClose(queue);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    InboundDelivery third = received.next();
    third.handedOut();
    release(received, third, SHORT);
    InboundDelivery copy = received.next();
    copy.handedOut();
    received.accept(copy);
    received.consumer().close();
    Links.send(link, queue, message);
    handOutAndClose(queue);
    assertThat(Links.consume(link, Links.queue(queue), 1).next().earlierHandOuts())
        .as("hand-outs since it was sent again; see RabbitDelivery.accepted")
        .isEqualTo(1);
  }

  private void handOutAndClose(Queue queue) throws Exception {
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    received.next().handedOut();
    received.consumer().close();
  }

  /** It is in no number, and whose messages wait at a broker cannot be asked. */
  @Test
  void theDepthIsNotSaidToBeExactWhileSomeMayWait() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    release(received, received.next(), Duration.ofMinutes(1));
    received.consumer().close(); // the copy is confirmed first
    QueueDepth depth = link.depth(queue);
    assertThat(depth.atRest()).isZero();
    assertThat(depth.exact()).isFalse();
    RabbitLink other = Links.open(broker.url());
    assertThat(other.depth(queue).exact()).as("on another connection").isFalse();
    other.close(Duration.ofSeconds(5));
  }

  /** The broker drops what dead-letters in a circle: by its own list of deaths. */
  @Test
  void oneDelayManyTimesIsNoCircle() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    for (int delivery = 1; delivery <= 12; delivery++) {
      InboundDelivery each = received.next();
      assertThat(each.deliveryCount()).isEqualTo(delivery);
      assertThat(each.earlierHandOuts()).isEqualTo(delivery - 1);
      each.handedOut();
      release(received, each, SHORT);
    }
  }

  @Test
  void aSubscriptionsMessageComesBackToItAloneWithItsTopic() throws Exception {
    Topic topic = Topic.of("t.wait." + System.nanoTime());
    link.declare(topic, QueueOptions.DEFAULT);
    Source one = durablePattern("t.wait.*", "one" + System.nanoTime());
    Source two = Links.durable(topic, "two");
    Links.Received ones = Links.consume(link, one, 5);
    Links.Received twos = Links.consume(link, two, 5);
    Links.send(link, topic, 1);
    release(ones, ones.next(), SHORT);
    InboundDelivery again = ones.next();
    assertThat(again.destination()).isEqualTo(topic);
    assertThat(again.deliveryCount()).isEqualTo(2);
    twos.accept(twos.next());
    assertThat(twos.deliveries).as("what the other subscription got").isEmpty();
  }

  @Test
  void foreignHeadersComeBackAsTheyWere() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue elsewhere = Links.newQueue(link);
    Map<String, Object> headers =
        Map.of(
            "list",
            List.of(1, 2),
            "table",
            Map.of("a", 1),
            "CC",
            List.of(elsewhere.name()),
            "n",
            5);
    BasicProperties properties =
        new BasicProperties.Builder().headers(headers).contentEncoding("gzip").build();
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      foreign.publish(queue, properties, new byte[] {1, 2});
      Links.awaitDepth(link, elsewhere, 1);
      Links.Received received = Links.consume(link, Links.queue(queue), 1);
      InboundDelivery first = received.next();
      release(received, first, SHORT);
      InboundDelivery again = received.next();
      assertThat(again.message().properties()).isEqualTo(first.message().properties());
      assertThat(again.message().body()).isEqualTo(first.message().body());
      assertThat(((RabbitDelivery) again).properties().getHeaders())
          .containsKeys("list", "table")
          .doesNotContainKey("CC");
      Links.awaitDepth(link, elsewhere, 1);
    }
  }

  /** A foreign message may fill its frame, and its copy has a way to tell as well. */
  @Test
  void oneThatDoesNotFitHarmsNoOther() throws Exception {
    Queue queue = Links.newQueue(link);
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      BasicProperties full =
          new BasicProperties.Builder().headers(Map.of("p", "p".repeat(130_900))).build();
      Links.send(link, queue, 10);
      foreign.publish(queue, full, new byte[0]);
      Links.send(link, queue, 10);
      Links.Received received = Links.consume(link, Links.queue(queue), 30);
      for (InboundDelivery each : received.next(21)) {
        release(received, each, SHORT);
      }
      for (InboundDelivery each : received.next(21)) {
        assertThat(each.deliveryCount()).isEqualTo(2);
        received.accept(each);
      }
      assertThat(received.deliveries).as("what came twice").isEmpty();
      received.consumer().close();
      Links.awaitDepth(link, queue, 0);
    }
  }

  /** The broker could not deliver what is due to it, and would hold up all that waits. */
  @Test
  void aBoundedQueuesConsumerKeepsItsReleasedMessages() throws Exception {
    Queue queue = Queue.of("q.bounded." + System.nanoTime());
    link.declare(queue, QueueOptions.builder().maxLength(5).build());
    assertThat(Links.consume(link, Links.queue(queue), 1).consumer())
        .isNotInstanceOf(DelayedRelease.class);
  }

  /** The broker tells no argument of it, which is not the same as to tell nothing. */
  @Test
  void whatIsReleasedOfAForeignClassicQueueWaitsAtTheBroker() throws Exception {
    Queue queue = Queue.of("q.foreign." + System.nanoTime());
    Connection connection = link.unwrap(Connection.class).orElseThrow();
    try (Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue.name(), true, false, false, null);
    }
    Links.send(link, queue, 2);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    InboundDelivery first = received.next();
    release(received, first, SHORT);
    assertThat(received.next().message().text()).as("the one behind it").isEqualTo("1");
  }

  private static Source durablePattern(String pattern, String name) {
    return new Source.OfPattern(
        TopicPattern.of(pattern), new Source.Terms(Optional.of(name), true, false));
  }

  private static void release(Links.Received received, InboundDelivery delivery, Duration delay) {
    ((DelayedRelease) received.consumer()).release(delivery, delay);
  }
}
