package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import io.anymq.Message;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was handed to applications, told from what only waited in a prefetch. */
final class HandOutTest extends OneLink {

  private static final int ROUNDS = 12;

  @Test
  void whatNobodyWasHandedCountsForNothing() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 60);
    for (int round = 0; round < ROUNDS; round++) {
      RabbitLink other = Links.open(broker.url());
      Links.consume(other, Links.queue(queue), 100).next(60);
      crash(other);
    }
    Links.Received received = Links.consume(link, Links.queue(queue), 100);
    for (InboundDelivery each : received.next(60)) {
      assertThat(each.deliveryCount()).as("the broker's count").isEqualTo(ROUNDS + 1);
      assertThat(each.earlierHandOuts()).isZero();
    }
  }

  @Test
  void handOutsBeforeAReleaseACloseAndACrashCount() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 2);
    handOutFirst(queue, (received, first) -> received.consumer().close());
    handOutFirst(
        queue, (received, first) -> received.consumer().settle(Outcome.RELEASE, List.of(first)));
    handOutFirst(queue, (received, first) -> {});
    List<InboundDelivery> both = Links.consume(link, Links.queue(queue), 2).next(2);
    InboundDelivery first = find("0", both);
    assertThat(first.earlierHandOuts()).isEqualTo(3);
    first.handedOut();
    assertThat(first.earlierHandOuts()).as("its own is no earlier one").isEqualTo(3);
    assertThat(find("1", both).earlierHandOuts()).as("of the one behind it").isZero();
  }

  @Test
  void aDurableSubscriptionHasALogOfItsOwn() throws Exception {
    Topic topic = Links.newTopic(link);
    Source source = Links.durable(topic, "s");
    Links.consume(link, source, 1).consumer().close();
    Links.send(link, topic, 1);
    for (int round = 0; round < 3; round++) {
      Links.Received idle = Links.consume(link, source, 1);
      idle.next();
      idle.consumer().close();
      Links.Received busy = Links.consume(link, source, 1);
      busy.next().handedOut();
      busy.consumer().close();
    }
    RabbitLink other = Links.open(broker.url());
    InboundDelivery last = Links.consume(other, source, 1).next();
    assertThat(last.deliveryCount()).isEqualTo(7);
    assertThat(last.earlierHandOuts()).isEqualTo(3);
    other.close(Duration.ofSeconds(5));
  }

  /** Its first hand-out is not on record where a crash ends it: nothing had come back before. */
  @Test
  void aClassicQueueCountsByTheLog() throws Exception {
    Options classic =
        Options.none().with(RabbitOptions.QUEUE_TYPE, RabbitOptions.QueueType.CLASSIC);
    Queue queue = Queue.of("q.classic." + System.nanoTime());
    try (Closing last = new Closing(Links.open(broker.url(), classic))) {
      last.link().declare(queue, QueueOptions.DEFAULT);
      Links.send(last.link(), queue, 1);
      for (int round = 1; round <= ROUNDS; round++) {
        RabbitLink other = Links.open(broker.url(), classic);
        InboundDelivery delivery = Links.consume(other, Links.queue(queue), 1).next();
        assertThat(delivery.deliveryCount()).isEqualTo(round);
        assertThat(delivery.earlierHandOuts()).isEqualTo(Math.max(0, round - 2));
        delivery.handedOut();
        crash(other);
      }
    }
  }

  /** A program may mend what was wrong, and send its dead letters once more, with their ids. */
  @ParameterizedTest
  @EnumSource(RabbitOptions.QueueType.class)
  void aMessageThatIsSentAgainAfterItsBurialBeginsAnew(RabbitOptions.QueueType type)
      throws Exception {
    Options options = Options.none().with(RabbitOptions.QUEUE_TYPE, type);
    Queue queue = Queue.of("q.again." + System.nanoTime());
    Queue dead = Links.newQueue(link);
    Message message = Links.text("m");
    try (Closing sender = new Closing(Links.open(broker.url(), options))) {
      sender.link().declare(queue, QueueOptions.DEFAULT);
      for (int life = 1; life <= 2; life++) {
        Links.send(sender.link(), queue, List.of(message));
        for (int round = 1; round <= 4; round++) {
          RabbitLink other = Links.open(broker.url(), options);
          Links.Received received = Links.consume(other, Links.queue(queue), 1);
          InboundDelivery delivery = received.next();
          assertThat(delivery.deliveryCount()).as("count in life %d", life).isEqualTo(round);
          assertThat(delivery.earlierHandOuts())
              .as("earlier hand-outs in life %d, delivery %d", life, round)
              .isEqualTo(Math.max(0, round - 2));
          delivery.handedOut();
          if (round == 4) {
            bury(other, dead, received, delivery);
          }
          crash(other);
        }
      }
    }
    Links.awaitDepth(link, dead, 2);
  }

  /** As a program does that resends what it has not had an answer to. */
  @ParameterizedTest
  @EnumSource(RabbitOptions.QueueType.class)
  void aMessageThatIsSentAgainAfterItWasAcceptedBeginsAnew(RabbitOptions.QueueType type)
      throws Exception {
    Options options = Options.none().with(RabbitOptions.QUEUE_TYPE, type);
    Queue queue = Queue.of("q.resent." + System.nanoTime());
    Message message = Links.text("m");
    try (Closing sender = new Closing(Links.open(broker.url(), options))) {
      sender.link().declare(queue, QueueOptions.DEFAULT);
      for (int life = 1; life <= 2; life++) {
        Links.send(sender.link(), queue, List.of(message));
        for (int round = 1; round <= 4; round++) {
          RabbitLink other = Links.open(broker.url(), options);
          Links.Received received = Links.consume(other, Links.queue(queue), 1);
          InboundDelivery delivery = received.next();
          assertThat(delivery.deliveryCount()).as("count in life %d", life).isEqualTo(round);
          assertThat(delivery.earlierHandOuts())
              .as("earlier hand-outs in life %d, delivery %d", life, round)
              .isEqualTo(Math.max(0, round - 2));
          delivery.handedOut();
          if (round == 4) {
            received.accept(delivery);
            received.consumer().close();
          }
          crash(other);
        }
      }
    }
  }

  private static void bury(
      RabbitLink link, Queue dead, Links.Received received, InboundDelivery delivery)
      throws Exception {
    Links.Letter letter = new Links.Letter(new Links.Sent(delivery.message()), delivery);
    link.openProducer(dead, cause -> {}).send(letter);
    letter.sent().await();
    received.accept(delivery);
    received.consumer().close();
  }

  /** What is recorded of it names it; a failure of that must not stop who gives it back. */
  @Test
  void aMessageWithALongForeignIdIsGivenBack() throws Exception {
    Queue queue = Links.newQueue(link);
    String id = "\u6f22".repeat(90);
    Links.send(link, queue, List.of(Links.text("m").toBuilder().id(id).build()));
    for (int round = 0; round < 3; round++) {
      Links.Received received = Links.consume(link, Links.queue(queue), 1);
      InboundDelivery delivery = received.next();
      assertThat(delivery.message().id()).hasValue(id);
      assertThat(delivery.earlierHandOuts()).isEqualTo(round);
      delivery.handedOut();
      received.consumer().close();
    }
  }

  @Test
  void messagesWithoutAnIdAreToldApartByWhatTheyHold() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, List.of(Message.text("one"), Message.text("two")));
    Links.Received received = Links.consume(link, Links.queue(queue), 2);
    find("one", received.next(2)).handedOut();
    received.consumer().close();
    Links.consume(link, Links.queue(queue), 2).next(2).forEach(InboundDelivery::handedOut);
    crash(link);
    RabbitLink other = Links.open(broker.url());
    List<InboundDelivery> last = Links.consume(other, Links.queue(queue), 2).next(2);
    assertThat(find("one", last).earlierHandOuts()).isEqualTo(2);
    assertThat(find("two", last).earlierHandOuts()).isEqualTo(1);
    other.close(Duration.ofSeconds(5));
  }

  /** What several hold comes back in no sure order. */
  private static InboundDelivery find(String text, List<InboundDelivery> deliveries) {
    return deliveries.stream()
        .filter(each -> each.message().text().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private interface Ending {
    void end(Links.Received received, InboundDelivery first);
  }

  /** Hands the first message out on a link of its own, which is lost afterwards. */
  private void handOutFirst(Queue queue, Ending ending) throws Exception {
    RabbitLink other = Links.open(broker.url());
    Links.Received received = Links.consume(other, Links.queue(queue), 10);
    InboundDelivery first = find("0", received.next(2));
    first.handedOut();
    ending.end(received, first);
    crash(other);
  }

  /** Its connection ends under it, so that its consumers close nothing. */
  private static void crash(RabbitLink lost) {
    lost.unwrap(Connection.class).orElseThrow().abort();
    lost.close(Duration.ofSeconds(5));
  }

  private record Closing(RabbitLink link) implements AutoCloseable {
    @Override
    public void close() {
      link.close(Duration.ofSeconds(5));
    }
  }
}
