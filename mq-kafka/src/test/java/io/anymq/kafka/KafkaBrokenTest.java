package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionLostException;
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
import java.util.function.BooleanSupplier;
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

  /** The core would take a commit for done, and its messages come again. */
  @Test
  void whatIsSettledWhenTheLanesHaveEndedIsRefused() throws Exception {
    Links.send(link, queue, 1);
    try (Taking consumer = new Taking(link, queue, 1)) {
      InboundDelivery held = consumer.take();
      GroupConsumer lanes = (GroupConsumer) consumer.consumer();
      lanes.stop();
      await(() -> lanes.clientIds().isEmpty(), "its lanes have ended");
      assertThatThrownBy(() -> consumer.accept(held)).isInstanceOf(ConnectionLostException.class);
    }
    try (Taking next = new Taking(link, queue, 1)) {
      next.accept(next.take());
    }
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("time until %s", what).isNegative();
      Thread.sleep(20);
    }
  }

  /** Such as that the machine has no thread left. */
  private void anErrorIsTold(Source source, Destination to) throws Exception {
    LinkedBlockingQueue<MessagingException> failures = new LinkedBlockingQueue<>();
    DeliverySink failing =
        new DeliverySink() {
          @Override
          public void deliver(List<? extends InboundDelivery> batch) {
            throw new StackOverflowError("for this test");
          }

          @Override
          public void broken(MessagingException cause) {
            failures.add(cause);
          }
        };
    LinkConsumer consumer =
        link.openConsumer(new ConsumerRequest(source, 1, Optional.empty(), false), failing);
    Links.send(link, to, 1);
    assertThat(failures.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("what the sink is told; see ShareLane.run and LiveConsumer.run")
        .hasRootCauseInstanceOf(StackOverflowError.class);
    consumer.close();
  }

  @Test
  void anErrorInALaneIsTold() throws Exception {
    anErrorIsTold(new Source.OfQueue(queue), queue);
    try (Taking next = new Taking(link, queue, 1)) {
      next.accept(next.take());
    }
  }

  @Test
  void anErrorInAPlainSubscriptionIsTold() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    anErrorIsTold(
        new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false)), topic);
    link.delete(topic);
  }

  @Test
  void anErrorOfOneThatHasItsTurnIsTold() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source shared = new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), false, true));
    Interposed failing =
        new Interposed(
            (question, arguments) -> Thread.currentThread().getName().contains("-turn-"),
            () -> {
              throw new StackOverflowError("for this test");
            });
    Link opening = failing.link(broker);
    try {
      assertThat(failureOf(opening, shared))
          .as("what is told; see Turn.run")
          .hasRootCauseInstanceOf(StackOverflowError.class);
    } finally {
      opening.close(Links.PATIENCE);
      link.delete(topic);
    }
  }

  /** It breaks while it opens, or afterwards. */
  private static MessagingException failureOf(Link opening, Source source)
      throws InterruptedException {
    try (Taking consumer = new Taking(opening, source, 1, true)) {
      return consumer.failure();
    } catch (MessagingException e) {
      return e;
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
