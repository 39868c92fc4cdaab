package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import io.anymq.spi.TopicPatterns;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer that broke while its link lives is closed by the adapter: the core opens another. */
final class KafkaBrokenTest extends LinkTest {

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  @Test
  void aConsumerWhoseQueueIsDeletedIsForgotten() throws Exception {
    isForgotten(new Source.OfQueue(queue), queue, false);
  }

  @Test
  void soIsOneThatWaitsForItsTurn() throws Exception {
    isForgotten(new Source.OfQueue(queue), queue, true);
  }

  @Test
  void soIsAPlainSubscription() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source plain = new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false));
    isForgotten(plain, topic, false);
  }

  private void isForgotten(Source source, Destination of, boolean keyOrdered) throws Exception {
    String topic = KafkaHarness.NAMES.topic(of);
    Link other = Links.open(broker);
    try (Taking consumer = new Taking(link, source, 1, keyOrdered)) {
      assertThat(((KafkaLink) link).topicsInUse()).contains(topic);
      other.delete(of);
      MessagingException cause = consumer.failure();
      if (!keyOrdered) { // Else the group of those who take turns may notice first.
        assertThat(cause).isInstanceOf(DestinationNotFoundException.class);
      }
      long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
      while (((KafkaLink) link).topicsInUse().contains(topic)) {
        assertThat(System.nanoTime() - deadline)
            .as("time until %s is forgotten; see OpenConsumer.breakUp", topic)
            .isNegative();
        Thread.sleep(20);
      }
    } finally {
      other.close(Links.PATIENCE);
    }
  }

  /** Its members, one for each topic, would hold messages for as long as the link lives. */
  @Test
  void aBrokenSubscriptionToAPatternGivesBackWhatItHolds() throws Exception {
    String base = "b-" + UUID.randomUUID();
    List<Topic> topics = List.of(Topic.of(base + ".one"), Topic.of(base + ".two"));
    topics.forEach(topic -> link.declare(topic, QueueOptions.DEFAULT));
    TopicPattern pattern = TopicPattern.of(base + ".#");
    Source source = new Source.OfPattern(pattern, new Source.Terms(Optional.of("s"), true, false));
    LinkedBlockingQueue<InboundDelivery> had = new LinkedBlockingQueue<>();
    LinkConsumer broken =
        link.openConsumer(new ConsumerRequest(source, 2, Optional.empty(), false), sinkInto(had));
    for (Topic topic : topics) {
      Links.send(link, topic, 1);
      assertThat(had.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }
    ((OpenConsumer) broken)
        .breakUp(new MessagingException(ErrorCode.BACKEND_FAILURE, "for this test"));
    try (Taking next = takeOver(source)) {
      Set<String> from = new HashSet<>();
      from.add(next.take().destination().name());
      from.add(next.take().destination().name());
      assertThat(from).containsExactlyInAnyOrder(base + ".one", base + ".two");
    }
    ((TopicPatterns) link).unsubscribe(pattern, "s");
    topics.forEach(link::delete);
  }

  private Taking takeOver(Source source) throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (true) {
      try {
        return new Taking(link, source, 2);
      } catch (MessagingException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE);
        assertThat(System.nanoTime() - deadline)
            .as("time until a broken consumer leaves its subscription; see PatternGroups.breakUp")
            .isNegative();
        Thread.sleep(20);
      }
    }
  }

  private static DeliverySink sinkInto(LinkedBlockingQueue<InboundDelivery> deliveries) {
    return new DeliverySink() {
      @Override
      public void deliver(List<? extends InboundDelivery> batch) {
        deliveries.addAll(batch);
      }

      @Override
      public void broken(MessagingException cause) {}
    };
  }
}
