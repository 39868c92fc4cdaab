package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic gets more partitions, or is deleted and declared again, while it is consumed. */
final class KafkaChangedTopicTest extends LinkTest {

  private final Topic topic = Topic.of("c-" + UUID.randomUUID());
  private KafkaLink consuming;

  @BeforeEach
  void open() {
    link.declare(topic, QueueOptions.DEFAULT);
    consuming = Interposed.unstarted(broker);
  }

  @AfterEach
  void deleteAll() {
    consuming.close(Links.PATIENCE);
    link.delete(topic);
    link.delete(queue);
  }

  private Source plain(Optional<Instant> from) {
    return new Source.OfTopic(
        topic, new Source.Terms(Optional.empty(), false, false, from, Optional.empty()));
  }

  private void growTo(int partitions) throws Exception {
    Admin admin = link.unwrap(Admin.class).orElseThrow();
    String name = KafkaHarness.NAMES.topic(topic);
    admin
        .createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (countOfPartitions(admin, name) < partitions) {
      assertThat(System.nanoTime() - deadline).as("time until it has partitions").isNegative();
      Thread.sleep(20);
    }
  }

  private static int countOfPartitions(Admin admin, String name) throws Exception {
    return admin
        .describeTopics(List.of(name))
        .allTopicNames()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .values()
        .stream()
        .mapToInt(each -> each.partitions().size())
        .sum();
  }

  @SuppressWarnings("unchecked") // They are of that type.
  private void sendTo(int partition, String text) throws Exception {
    Producer<byte[], byte[]> producer = link.unwrap(Producer.class).orElseThrow();
    String name = KafkaHarness.NAMES.topic(topic);
    producer
        .send(new ProducerRecord<>(name, partition, null, PropertyCodec.utf8(text)))
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static @Nullable String body(InboundDelivery delivery) {
    return PropertyCodec.textOrNull(delivery.message().body());
  }

  @Test
  void aPlainSubscriptionReadsPartitionsThatAreAdded() throws Exception {
    try (Taking consumer = new Taking(consuming, plain(Optional.empty()), 8)) {
      sendTo(0, "before");
      InboundDelivery before = consumer.take();
      assertThat(body(before)).isEqualTo("before");
      assertThat(before.position()).as("of the one log").isPresent();
      growTo(2);
      sendTo(1, "after");
      consuming.look();
      InboundDelivery after = consumer.take();
      assertThat(body(after)).as("see LiveConsumer.seen").isEqualTo("after");
      assertThat(after.position()).as("of one of two logs").isEmpty();
    }
  }

  @Test
  void aLinkThatIsStartedLooksByItself() throws Exception {
    try (Taking consumer = new Taking(link, plain(Optional.empty()), 8)) {
      growTo(3);
      sendTo(2, "after");
      assertThat(body(consumer.take())).isEqualTo("after");
    }
  }

  @Test
  void soDoesAPlainSubscriptionToAPattern() throws Exception {
    Source source =
        new Source.OfPattern(
            TopicPattern.of(topic.name()), new Source.Terms(Optional.empty(), false, false));
    try (Taking consumer = new Taking(consuming, source, 8)) {
      growTo(2);
      sendTo(1, "after");
      assertThat(body(consumer.take())).as("see PatternView.look").isEqualTo("after");
    }
  }

  private void replace(Destination destination) {
    link.delete(destination);
    link.declare(destination, QueueOptions.DEFAULT);
  }

  /** With one that is held no more is fetched, so that its place is one of the new topic, too. */
  @Test
  void aPlainSubscriptionReadsATopicThatIsDeclaredAgainFromItsBeginning() throws Exception {
    Links.send(link, topic, 3);
    try (Taking consumer = new Taking(consuming, plain(Optional.of(Instant.EPOCH)), 1)) {
      InboundDelivery first = consumer.take();
      replace(topic);
      Links.send(link, topic, 5);
      consuming.look();
      List<String> texts = new ArrayList<>();
      consumer.accept(first);
      while (texts.size() < 7) {
        InboundDelivery next = consumer.take();
        texts.add(next.message().text());
        consumer.accept(next);
      }
      assertThat(texts).containsExactly("1", "2", "0", "1", "2", "3", "4");
    }
  }

  /** It goes on in the new topic before anybody has noticed that it is one. */
  @Test
  void whatItHasReadOfTheNewTopicDoesNotComeTwice() throws Exception {
    for (int before = 0; before < 2; before++) {
      try (Taking consumer = new Taking(consuming, plain(Optional.empty()), 8)) {
        consuming.look();
        Links.send(link, topic, before);
        for (int i = 0; i < before; i++) {
          InboundDelivery unused = consumer.take();
        }
        replace(topic);
        sendTo(0, "a");
        sendTo(0, "b");
        List<String> seen = new ArrayList<>();
        while (!seen.contains("b")) {
          seen.add(String.valueOf(body(consumer.take())));
        }
        consuming.look();
        sendTo(0, "c");
        while (!seen.contains("c")) {
          seen.add(String.valueOf(body(consumer.take())));
        }
        assertThat(seen).containsExactlyInAnyOrder("a", "b", "c");
      }
      replace(topic);
    }
  }

  private Source named(boolean durable, boolean shared) {
    return new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), durable, shared));
  }

  /** The broker does that for share groups, when a member has heard of the new topic. */
  @Test
  void soDoesADurableOne() throws Exception {
    try (Taking consumer = new Taking(consuming, named(true, false), 1)) {
      Links.send(link, topic, 1);
      InboundDelivery held = consumer.take();
      consuming.look();
      replace(topic);
      Links.send(link, topic, 3);
      consuming.look();
      consumer.accept(held);
      for (String text : List.of("0", "1", "2")) {
        InboundDelivery next = consumer.take();
        assertThat(next.message().text()).isEqualTo(text);
        consumer.accept(next);
      }
    }
    consuming.unsubscribe(topic, "s");
  }

  private void isReopened(boolean keyOrdered) throws Exception {
    try (Taking consumer = new Taking(consuming, new Source.OfQueue(queue), 1, keyOrdered)) {
      Links.send(link, queue, 2);
      InboundDelivery unused = consumer.take();
      consuming.look();
      replace(queue);
      Links.send(link, queue, 1);
      consuming.look();
      MessagingException cause = consumer.failure();
      if (!keyOrdered) { // Else the group of those who take turns may notice first.
        assertThat(cause)
            .isNotInstanceOf(DestinationNotFoundException.class)
            .hasMessageContaining("declared again");
      }
    }
    try (Taking next = new Taking(consuming, new Source.OfQueue(queue), 1, keyOrdered)) {
      InboundDelivery only = next.take();
      assertThat(only.redelivered()).isFalse();
      next.accept(only);
    }
  }

  @Test
  void theConsumerOfAQueueThatIsDeclaredAgainIsReopened() throws Exception {
    isReopened(false);
  }

  @Test
  void soIsOneThatHasItsTurn() throws Exception {
    isReopened(true);
  }
}
