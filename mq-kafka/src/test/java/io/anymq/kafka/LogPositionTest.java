package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Positions are good for the topic that they are of, and for no other. */
final class LogPositionTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("kafka");

  private static Source behind(Topic topic, String position) {
    return new Source.OfTopic(
        topic,
        new Source.Terms(Optional.empty(), false, false, Optional.empty(), Optional.of(position)));
  }

  private static Topic newTopic(Link link) {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    return topic;
  }

  private static void assertRefused(Link link, Topic topic, String position) {
    assertThatThrownBy(() -> new Taking(link, behind(topic, position), 10).close())
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining(position);
  }

  @Test
  void aPositionOfAnotherTopicIsRefused() throws Exception {
    Link link = Links.open(broker);
    try {
      Topic topic = newTopic(link);
      Source live = new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false));
      String position;
      try (Taking consumer = new Taking(link, live, 10)) {
        Links.send(link, topic, 2);
        position = consumer.take().position().orElseThrow();
      }
      try (Taking consumer = new Taking(link, behind(topic, position), 10)) {
        assertThat(consumer.take().message().text()).isEqualTo("1");
      }
      assertRefused(link, topic, position.substring(0, position.indexOf(':')) + ":2");
      assertRefused(link, newTopic(link), position);
      link.delete(topic);
      link.declare(topic, QueueOptions.DEFAULT);
      Links.send(link, topic, 2);
      assertRefused(link, topic, position);
    } finally {
      link.close(Links.PATIENCE);
    }
  }
}
