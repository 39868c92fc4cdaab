package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import io.anymq.spi.TopicPatterns;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kit does not ask of subscriptions to patterns: Kafka's groups and ids behind them. */
final class KafkaPatternTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("kafka");
  private final String base = "p-" + UUID.randomUUID();
  private final TopicPattern pattern = TopicPattern.of(base + ".#");
  private final List<Topic> made = new ArrayList<>();
  private Link link;

  @BeforeEach
  void open() {
    link = Links.open(broker);
  }

  @AfterEach
  void close() {
    ((TopicPatterns) link).unsubscribe(pattern, "s");
    made.forEach(link::delete);
    link.close(Links.PATIENCE);
  }

  private Topic topic(String word) {
    Topic topic = Topic.of(base + "." + word);
    link.declare(topic, QueueOptions.DEFAULT);
    made.add(topic);
    return topic;
  }

  private Taking subscribe(boolean durable, boolean shared, int prefetch) {
    Optional<String> name = durable || shared ? Optional.of("s") : Optional.empty();
    Source.Terms terms = new Source.Terms(name, durable, shared);
    return new Taking(link, new Source.OfPattern(pattern, terms), prefetch);
  }

  @Test
  void aGroupHearsATopicThatIsMadeWhileItIsOpen() throws Exception {
    for (boolean durable : List.of(true, false)) {
      try (Taking consumer = subscribe(durable, !durable, 8)) {
        Topic later = topic("later-" + durable);
        Links.send(link, later, 2);
        for (String text : List.of("0", "1")) {
          InboundDelivery delivery = consumer.take();
          assertThat(delivery.message().text()).isEqualTo(text);
          assertThat(delivery.destination()).isEqualTo(later);
          consumer.accept(delivery);
        }
      }
    }
  }

  @Test
  void aTopicThatIsMadeAgainIsANewOne() throws Exception {
    Topic topic = topic("again");
    try (Taking consumer = subscribe(false, false, 8)) {
      Links.send(link, topic, 2);
      consumer.take();
      consumer.take();
      link.delete(topic);
      link.declare(topic, QueueOptions.DEFAULT);
      Links.send(link, topic, 3);
      for (String text : List.of("0", "1", "2")) {
        assertThat(consumer.take().message().text()).isEqualTo(text);
      }
    }
  }

  @Test
  void aDeletedTopicDisturbsNoOther() throws Exception {
    Topic gone = topic("gone");
    Topic kept = topic("kept");
    try (Taking plain = subscribe(false, false, 8);
        Taking durable = subscribe(true, false, 8)) {
      Links.send(link, gone, 1);
      plain.take();
      durable.accept(durable.take());
      link.delete(gone);
      Links.send(link, kept, 1);
      assertThat(plain.take().destination()).isEqualTo(kept);
      assertThat(durable.take().destination()).isEqualTo(kept);
    }
  }

  @Test
  void messagesThatAreHeldDoNotHoldUpOthers() throws Exception {
    List<Topic> topics = List.of(topic("a"), topic("b"), topic("c"));
    try (Taking consumer = subscribe(true, true, 8)) {
      List<InboundDelivery> held = new ArrayList<>();
      for (int round = 0; round < 2; round++) {
        for (Topic topic : topics) {
          Links.send(link, topic, 1);
          held.add(consumer.take());
        }
      }
      for (Topic topic : topics) {
        Links.send(link, topic, 1);
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.destination()).isEqualTo(topic);
        consumer.accept(delivery);
      }
      held.forEach(consumer::accept);
    }
  }

  @Test
  void allTopicsTogetherKeepToThePrefetch() throws Exception {
    List<Topic> topics = List.of(topic("a"), topic("b"));
    try (Taking consumer = subscribe(true, false, 3)) {
      for (Topic topic : topics) {
        Links.send(link, topic, 5);
      }
      List<InboundDelivery> first = List.of(consumer.take(), consumer.take(), consumer.take());
      assertThat(consumer.takeWithin(Duration.ofMillis(700))).as("beyond the prefetch").isNull();
      first.forEach(consumer::accept);
      for (int i = 3; i < 10; i++) {
        consumer.accept(consumer.take());
      }
    }
  }

  @Test
  void leavesNoGroupBehind() throws Exception {
    topic("a");
    subscribe(true, false, 1).close();
    assertThat(groups()).as("of a durable subscription").hasSize(2);
    ((TopicPatterns) link).unsubscribe(pattern, "s");
    assertThat(groups()).as("after unsubscribe").isEmpty();
    subscribe(false, true, 1).close();
    assertThat(groups()).as("of a shared one, after its last consumer").isEmpty();
  }

  private List<String> groups() throws Exception {
    return link
        .unwrap(Admin.class)
        .orElseThrow()
        .listGroups(ListGroupsOptions.forShareGroups())
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .stream()
        .map(GroupListing::groupId)
        .filter(group -> group.contains(base))
        .toList();
  }
}
