package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other programs made, send and read, on a real broker. */
final class ForeignUseTest extends OneLink {

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
  void whatIsMissingIsNamedAsTheApplicationNamesIt() throws Exception {
    Queue queue = Queue.of("mapped");
    Topic topic = Topic.of("mapped");
    RabbitLink mapped =
        Links.open(broker.url(), Map.of(queue, "Missing queue", topic, "Missing exchange"));
    assertThatThrownBy(() -> mapped.depth(queue))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageStartingWith("queue 'mapped' does not exist: ")
        .hasMessageContaining("'Missing queue'");
    assertThatThrownBy(() -> Links.consume(mapped, Links.queue(queue), 1))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageStartingWith("queue 'mapped' does not exist: ");
    assertThat(Links.send(mapped.openProducer(topic, cause -> {}), Links.text("lost")).failure())
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageStartingWith("topic 'mapped' does not exist: ");
    mapped.close(Duration.ofSeconds(5));
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
