package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Producer;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sends to a topic that somebody else has just deleted, through the whole library. */
@Timeout(60)
final class DeletedTargetTest {

  private static final int ROUNDS = 12;
  private static final String END = "end";

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");

  @Test
  void theFirstSendAfterTheDeletionIsPublishedOnce() {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Connection other = ConnectionFactory.of(broker.url()).connect()) {
      Topic topic = Topic.of("t." + UUID.randomUUID());
      Consumer subscriber = connection.subscribe(topic, SubscriptionOptions.durable("s"));
      Producer producer = connection.createProducer(topic);
      for (int round = 0; round < ROUNDS; round++) {
        producer.send("before " + round);
        other.delete(topic);
        producer.send("after " + round);
      }
      producer.send(END);
      assertThat(textsUntilTheEnd(subscriber)).as("what was published").isEqualTo(expected());
    }
  }

  private static List<String> expected() {
    List<String> texts = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      texts.add("before " + round);
      texts.add("after " + round);
    }
    return texts;
  }

  private static List<String> textsUntilTheEnd(Consumer subscriber) {
    List<String> texts = new ArrayList<>();
    while (true) {
      Optional<Delivery> delivery = subscriber.receive(Duration.ofSeconds(20));
      delivery.orElseThrow().accept();
      String text = delivery.orElseThrow().message().text();
      if (text.equals(END)) {
        return texts;
      }
      texts.add(text);
    }
  }
}
