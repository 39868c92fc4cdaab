package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import io.anymq.Capability;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter against a real broker, without the core. */
final class RabbitLinkTest extends OneLink {

  @BeforeEach
  void requireConnection() {
    assertThat(link.unwrap(Connection.class))
        .hasValueSatisfying(c -> assertThat(c.isOpen()).isTrue());
  }

  @Test
  void tellsTheVersionsAndWhatItCan() {
    assertThat(link.info().brokerVersion()).isEqualTo(broker.version());
    assertThat(link.info().clientVersion()).matches("\\d+\\.\\d+.*");
    assertThat(link.capabilities())
        .containsKeys(Capability.PERSISTENCE, Capability.DELIVERY_COUNT, Capability.QUEUE_DEPTH);
  }

  @Test
  void existsAndDepthArePassive() {
    Queue queue = Queue.of("never.made");
    assertThat(link.exists(queue)).isFalse();
    assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(DestinationNotFoundException.class);
    assertThat(link.exists(queue)).isFalse();
    assertThat(link.exists(Topic.of("never.made"))).isFalse();
  }

  @Test
  void aQueueAndATopicOfOneNameAreTwo() {
    Queue queue = Links.newQueue(link);
    assertThat(link.exists(queue)).isTrue();
    assertThat(link.exists(Topic.of(queue.name()))).isFalse();
    link.delete(queue);
    assertThat(link.exists(queue)).isFalse();
    link.delete(queue);
  }

  @Test
  void aNameThatTheBrokerReservesCanBeUsed() throws Exception {
    Queue queue = Queue.of("amq.mine");
    link.declare(queue, QueueOptions.DEFAULT);
    Links.send(link, queue, 1);
    assertThat(link.depth(queue).atRest()).isEqualTo(1);
    link.delete(queue);
  }

  @Test
  void depthCountsWhatIsReadyAtOnceAndChangesNothing() throws Exception {
    Queue queue = Links.newQueue(link);
    for (int i = 1; i <= 50; i++) {
      Links.send(link, queue, 1);
      assertThat(link.depth(queue).atRest()).isEqualTo(i);
    }
    Links.Received holder = Links.consume(link, Links.queue(queue), 4);
    holder.next(4);
    QueueDepth depth = link.depth(queue);
    assertThat(depth.atRest()).isEqualTo(46);
    assertThat(depth.ready()).hasValue(46);
    assertThat(depth.total()).isEmpty();
    holder.consumer().close();
    Links.awaitDepth(link, queue, 50);
    link.purge(queue);
    assertThat(link.depth(queue).atRest()).isZero();
    assertThatThrownBy(() -> link.purge(Queue.of("never.made")))
        .isInstanceOf(DestinationNotFoundException.class);
  }

  @Test
  void aSendToAMissingQueueFailsAndTheOthersAreConfirmed() throws Exception {
    Queue queue = Links.newQueue(link);
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Links.send(producer, Links.text("a")).await();
    link.delete(queue);
    Message twice = Links.text("b");
    List<Links.Sent> missing =
        List.of(
            Links.send(producer, twice),
            Links.send(producer, twice),
            Links.send(producer, Links.text("c")));
    for (Links.Sent sent : missing) {
      assertThat(sent.failure()).isInstanceOf(DestinationNotFoundException.class);
    }
    link.declare(queue, QueueOptions.DEFAULT);
    Links.send(producer, twice).await();
    assertThat(link.depth(queue).atRest()).isEqualTo(1);
  }

  @Test
  void aSendToAMissingTopicFails() throws Exception {
    Topic topic = Links.newTopic(link);
    BlockingQueue<MessagingException> broken = new LinkedBlockingQueue<>();
    LinkProducer producer = link.openProducer(topic, broken::add);
    Links.send(producer, Links.text("nobody listens")).await();
    link.delete(topic);
    assertThat(Links.send(producer, Links.text("lost")).failure())
        .isInstanceOf(DestinationNotFoundException.class);
    assertThat(broken.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(DestinationNotFoundException.class);
  }

  @Test
  void propertiesThatNoFrameHoldsAreRefused() throws Exception {
    Queue queue = Links.newQueue(link);
    BlockingQueue<MessagingException> broken = new LinkedBlockingQueue<>();
    LinkProducer producer = link.openProducer(queue, broken::add);
    Message large = Links.text("x").toBuilder().property("p", "y".repeat(200_000)).build();
    assertThat(Links.send(producer, large).failure()).isInstanceOf(MessageTooLargeException.class);
    Links.send(producer, Links.text("y")).await();
    assertThat(broken).as("what a refusal breaks").isEmpty();
  }

  @Test
  void classicQueuesDoNotClaimToCount() throws Exception {
    Options classic =
        Options.none().with(RabbitOptions.QUEUE_TYPE, RabbitOptions.QueueType.CLASSIC);
    RabbitLink other = Links.open(broker.url(), classic);
    assertThat(other.capabilities()).doesNotContainKey(Capability.DELIVERY_COUNT);
    Queue queue = Links.newQueue(other);
    Links.send(other, queue, 1);
    Links.Received received = Links.consume(other, Links.queue(queue), 10);
    assertThat(received.next().deliveryCount()).isEqualTo(1);
    assertThat(received.consumer().releasesNatively()).isFalse();
    other.close(Duration.ofSeconds(5));
    link.delete(queue);
  }

  @Test
  void everyPropertyPassesTheBrokerAlsoWhenItIsRedelivered() throws Exception {
    Queue queue = Links.newQueue(link);
    Message.Builder builder = Links.text("body").toBuilder();
    List<Object> values = RabbitMapperTest.values().toList();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      builder.property("p" + i, value instanceof String text && text.length() > 999 ? "" : value);
    }
    builder.property("CC", "carbon").property("BCC", "copy").property("x-death", 1);
    Message message = builder.property("x-delivery-count", "mine").build();
    Links.send(link, queue, List.of(message));
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    InboundDelivery first = received.next();
    assertProperties(first.message(), message);
    received.consumer().settle(Outcome.RELEASE, List.of(first));
    InboundDelivery second = received.next();
    assertProperties(second.message(), message);
    assertThat(second.deliveryCount()).isEqualTo(2);
  }

  private static void assertProperties(Message actual, Message expected) {
    assertThat(actual.properties()).containsOnlyKeys(expected.properties().keySet());
    expected
        .properties()
        .forEach((name, value) -> assertThat(actual.properties().get(name)).isEqualTo(value));
  }
}
