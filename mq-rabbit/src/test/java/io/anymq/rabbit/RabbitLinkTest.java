package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.anymq.Capability;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
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
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter against a real broker, without the core. */
final class RabbitLinkTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private RabbitLink link = Links.open(broker.url());

  @BeforeEach
  void requireConnection() {
    assertThat(link.unwrap(Connection.class))
        .hasValueSatisfying(c -> assertThat(c.isOpen()).isTrue());
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
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
    assertThat(link.depth(queue).count()).isEqualTo(1);
    link.delete(queue);
  }

  @Test
  void depthCountsWhatIsReadyAtOnceAndChangesNothing() throws Exception {
    Queue queue = Links.newQueue(link);
    for (int i = 1; i <= 50; i++) {
      Links.send(link, queue, 1);
      assertThat(link.depth(queue).count()).isEqualTo(i);
    }
    Links.Received holder = Links.consume(link, Links.queue(queue), 4);
    holder.next(4);
    QueueDepth depth = link.depth(queue);
    assertThat(depth.count()).isEqualTo(46);
    assertThat(depth.counts()).isEqualTo(QueueDepth.Counting.READY);
    assertThat(depth.exact()).isTrue();
    holder.consumer().close();
    awaitDepth(queue, 50);
    link.purge(queue);
    assertThat(link.depth(queue).count()).isZero();
    assertThatThrownBy(() -> link.purge(Queue.of("never.made")))
        .isInstanceOf(DestinationNotFoundException.class);
  }

  @Test
  void whatIsHeldComesBackMarkedAndCounted() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 3);
    for (int delivery = 1; delivery <= 25; delivery++) {
      Links.Received received = Links.consume(link, Links.queue(queue), 10);
      List<InboundDelivery> held = received.next(3);
      for (InboundDelivery each : held) {
        assertThat(each.deliveryCount()).isEqualTo(delivery);
        assertThat(each.redelivered()).isEqualTo(delivery > 1);
      }
      received.consumer().close();
    }
    awaitDepth(queue, 3);
  }

  /** What a consumer held is ready again a moment after its close. */
  private void awaitDepth(Queue queue, long expected) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    long seen = link.depth(queue).count();
    while (seen != expected && System.nanoTime() < deadline) {
      seen = link.depth(queue).count();
    }
    assertThat(seen).as("depth of %s within %s", queue, Links.PATIENCE).isEqualTo(expected);
  }

  @Test
  void aReleasedDeliveryComesAgainBeforeTheOthers() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 10);
    Links.Received received = Links.consume(link, Links.queue(queue), 2);
    assertThat(received.consumer().releasesNatively()).isTrue();
    List<InboundDelivery> first = received.next(2);
    received.consumer().settle(Outcome.RELEASE, List.of(first.get(0)));
    InboundDelivery again = received.next();
    assertThat(again.message().text()).isEqualTo("0");
    assertThat(again.deliveryCount()).isEqualTo(2);
    received.consumer().settle(Outcome.RELEASE, List.of(first.get(0)));
    received.accept(first.get(1), again);
    assertThat(received.next(2))
        .extracting(each -> each.message().text())
        .containsExactly("2", "3");
  }

  @Test
  void settlementsOutOfOrderReachJustTheirMessages() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 20);
    Links.Received received = Links.consume(link, Links.queue(queue), 100);
    List<InboundDelivery> all = received.next(20);
    received.accept(all.get(19), all.get(5), all.get(0), all.get(1), all.get(3));
    received.accept(all.get(0), all.get(2));
    received.consumer().close();
    received.accept(all.get(4));
    Links.Received rest = Links.consume(link, Links.queue(queue), 100);
    List<String> texts = new ArrayList<>();
    rest.next(14).forEach(each -> texts.add(each.message().text()));
    assertThat(texts)
        .containsExactly(
            "4", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18");
  }

  @Test
  void acceptedMessagesStayAcceptedWhenTheConsumerClosesAtOnce() throws Exception {
    Queue queue = Links.newQueue(link);
    for (int round = 0; round < 5; round++) {
      Links.send(link, queue, 5000);
      Links.Received received = Links.consume(link, Links.queue(queue), 1000);
      int left = 5000;
      while (left > 0) {
        List<InboundDelivery> some = received.next(1);
        received.deliveries.drainTo(some);
        received.consumer().settle(Outcome.ACCEPT, some);
        left -= some.size();
      }
      received.consumer().close();
      assertThat(link.depth(queue).count()).as("round %d", round).isZero();
    }
  }

  @Test
  void closingTheLinkGivesBackWhatIsHeldAndKeepsWhatIsSettled() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1000);
    RabbitLink other = Links.open(broker.url());
    Links.Received received = Links.consume(other, Links.queue(queue), 1000);
    List<InboundDelivery> all = received.next(1000);
    received.consumer().settle(Outcome.ACCEPT, all.subList(0, 900));
    other.close(Duration.ofSeconds(5));
    Links.Received rest = Links.consume(link, Links.queue(queue), 1000);
    assertThat(rest.next(100))
        .allMatch(InboundDelivery::redelivered)
        .extracting(each -> each.message().text())
        .startsWith("900")
        .endsWith("999");
    assertThat(link.depth(queue).count()).isZero();
  }

  @Test
  void aQueueThatIsDeletedBreaksItsConsumer() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    link.delete(queue);
    assertThat(received.awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
    received.consumer().close();
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
    assertThat(link.depth(queue).count()).isEqualTo(1);
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
    assertThat(broken).hasSize(1);
    Links.send(link, queue, 1);
  }

  @Test
  void aPlainSubscriptionIsLiveAtOnceAndEndsWithItsConsumer() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received one = Links.consume(link, Links.plain(topic), 10);
    Links.Received two = Links.consume(link, Links.plain(topic), 10);
    Links.send(link, topic, 3);
    assertThat(one.next(3)).extracting(InboundDelivery::destination).containsOnly(topic);
    assertThat(two.next(3)).extracting(InboundDelivery::deliveryCount).containsOnly(1);
    assertThat(one.consumer().releasesNatively()).isFalse();
    one.consumer().close();
    Links.send(link, topic, 1);
    two.next();
    assertThat(one.deliveries).isEmpty();
  }

  @Test
  void aDurableSubscriptionKeepsWhatIsSentMeanwhile() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.consume(link, Links.durable(topic, "s"), 10).consumer().close();
    Links.send(link, topic, 3);
    Links.Received received = Links.consume(link, Links.durable(topic, "s"), 10);
    List<InboundDelivery> held = received.next(3);
    assertThat(held).extracting(each -> each.message().text()).containsExactly("0", "1", "2");
    received.accept(held.get(0));
    received.consumer().close();
    Links.Received again = Links.consume(link, Links.durable(topic, "s"), 10);
    assertThat(again.next(2)).extracting(InboundDelivery::deliveryCount).containsOnly(2);
    again.consumer().close();
    link.unsubscribe(topic, "s");
    link.unsubscribe(topic, "s");
    Links.Received anew = Links.consume(link, Links.durable(topic, "s"), 10);
    Links.send(link, topic, List.of(Links.text("new")));
    assertThat(anew.next().message().text()).isEqualTo("new");
  }

  @Test
  void aDurableSubscriptionHasOneConsumer() {
    Topic topic = Links.newTopic(link);
    RabbitLink other = Links.open(broker.url());
    Links.Received holder = Links.consume(link, Links.durable(topic, "s"), 10);
    for (RabbitLink each : List.of(link, other)) {
      assertInUse(() -> Links.consume(each, Links.durable(topic, "s"), 10));
      assertInUse(() -> each.unsubscribe(topic, "s"));
    }
    holder.consumer().close();
    Links.consume(other, Links.durable(topic, "s"), 10);
    assertInUse(() -> link.unsubscribe(topic, "s"));
    other.close(Duration.ofSeconds(5));
    link.unsubscribe(topic, "s");
  }

  private static void assertInUse(Runnable use) {
    assertThatThrownBy(use::run)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  @Test
  void aSubscriptionOutlivesATopicThatIsMadeAgain() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received plain = Links.consume(link, Links.plain(topic), 10);
    Links.Received durable = Links.consume(link, Links.durable(topic, "s"), 10);
    link.delete(topic);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 1);
    assertThat(plain.next().message().text()).isEqualTo("0");
    assertThat(durable.next().message().text()).isEqualTo("0");
  }

  @Test
  void aTopicTakesWhatNativeProgramsPublishToItsExchangeWhateverTheKey() throws Exception {
    Topic topic = Links.newTopic(link);
    Topic other = Links.newTopic(link);
    Links.Received received = Links.consume(link, Links.plain(topic), 10);
    Links.Received bystander = Links.consume(link, Links.plain(other), 10);
    publish("topic/" + topic.name(), "", "no key");
    publish("topic/" + topic.name(), other.name(), "another topic's name");
    publish("topic/" + topic.name(), topic.name(), "its name");
    assertThat(received.next(3))
        .extracting(each -> each.message().text())
        .containsExactly("no key", "another topic's name", "its name");
    Links.send(link, topic, 1);
    received.next();
    assertThat(received.deliveries).isEmpty();
    assertThat(bystander.deliveries).isEmpty();
  }

  @Test
  void exchangesThatAreThereAlreadyServeAsTopics() throws Exception {
    for (BuiltinExchangeType type :
        List.of(
            BuiltinExchangeType.FANOUT, BuiltinExchangeType.TOPIC, BuiltinExchangeType.DIRECT)) {
      String exchange = "Their " + type.getType();
      onChannel(channel -> channel.exchangeDeclare(exchange, type));
      Topic topic = Topic.of("mapped");
      RabbitLink mapped = Links.open(broker.url(), Map.of(topic, exchange));
      mapped.declare(topic, QueueOptions.DEFAULT);
      Links.Received received = Links.consume(mapped, Links.plain(topic), 10);
      Links.send(mapped, topic, 2);
      assertThat(received.next(2)).extracting(each -> each.message().text()).contains("0", "1");
      mapped.delete(topic);
      mapped.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void aQueueThatSomebodyElseMadeIsUsedAsItIs() throws Exception {
    onChannel(channel -> channel.queueDeclare("Their classic", true, false, false, null));
    Queue queue = Queue.of("mapped");
    RabbitLink mapped = Links.open(broker.url(), Map.of(queue, "Their classic"));
    mapped.declare(queue, QueueOptions.DEFAULT);
    Links.send(mapped, queue, 2);
    Links.Received received = Links.consume(mapped, Links.queue(queue), 10);
    assertThat(received.consumer().releasesNatively()).isFalse();
    received.next(2);
    received.consumer().close();
    Links.Received again = Links.consume(mapped, Links.queue(queue), 10);
    assertThat(again.next(2)).extracting(InboundDelivery::deliveryCount).containsOnly(2);
    mapped.delete(queue);
    mapped.close(Duration.ofSeconds(5));
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

  @Test
  void nativeProgramsReadWhatWeSend() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      Delivery delivery = foreign.readDelivery(queue, Links.PATIENCE).orElseThrow();
      assertThat(delivery.getBody()).asString().isEqualTo("0");
      assertThat(delivery.getProperties().getContentType()).isEqualTo(Message.TEXT);
    }
  }

  private interface ChannelUse {
    void use(Channel channel) throws IOException;
  }

  private void onChannel(ChannelUse use) throws Exception {
    try (Channel channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      use.use(channel);
    }
  }

  private void publish(String exchange, String key, String text) throws Exception {
    onChannel(
        channel ->
            channel.basicPublish(
                exchange, key, new BasicProperties(), text.getBytes(StandardCharsets.UTF_8)));
  }
}
