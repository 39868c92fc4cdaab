package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Delayed messages on a real broker: what the kit's rules do not look at. */
final class RabbitDelayTest extends OneLink {

  private static final Duration SOON = Duration.ofMillis(600);

  /** What the test does before it is due is surely done by then. */
  private static final Duration LATER = Duration.ofSeconds(4);

  private static final Duration LONG_FROM_NOW = Duration.ofDays(3);
  private static final String UNDELIVERABLE = "anymq/undeliverable";

  private static Message later(String text, Duration delay) {
    return Links.text(text).toBuilder().deliveryDelay(delay).build();
  }

  private void send(Destination destination, String text, Duration delay) throws Exception {
    Links.send(link, destination, List.of(later(text, delay)));
  }

  private Throwable failure(Destination destination, Message message) throws Exception {
    LinkProducer producer = link.openProducer(destination, cause -> {});
    Throwable failure = Links.send(producer, message).failure();
    producer.close();
    return failure;
  }

  @Test
  void aDelayedSendToAMissingDestinationFails() throws Exception {
    for (Destination missing : List.of(Queue.of("never.made"), Topic.of("never.made"))) {
      assertThat(failure(missing, later("a", SOON)))
          .isInstanceOf(DestinationNotFoundException.class);
    }
  }

  /** The queues where it would wait are there, and would confirm it. */
  @Test
  void aDelayedSendToWhatAnotherLinkHasJustDeletedFails() throws Exception {
    RabbitLink other = Links.open(broker.url());
    for (Destination destination : List.of(Links.newQueue(link), Links.newTopic(link))) {
      LinkProducer producer = link.openProducer(destination, cause -> {});
      Links.send(producer, later("a", SOON)).await();
      other.delete(destination);
      assertThat(Links.send(producer, later("b", SOON)).failure())
          .isInstanceOf(DestinationNotFoundException.class);
      producer.close();
    }
    other.close(Duration.ofSeconds(5));
  }

  @Test
  void aDelayThatTheBrokerCannotKeepIsRefusedAndOthersGoOn() throws Exception {
    Queue queue = Links.newQueue(link);
    assertThat(failure(queue, later("a", Duration.ofDays(4_000))))
        .isInstanceOf(InvalidMessageException.class);
    send(queue, "a", DelayPath.LONGEST);
    send(queue, "b", Duration.ofMillis(1));
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    assertThat(received.next().message().text()).isEqualTo("b");
  }

  @Test
  void whatIsSentOneAfterAnotherWithOneDelayStaysInOrder() throws Exception {
    Queue queue = Links.newQueue(link);
    List<Message> messages =
        java.util.stream.IntStream.range(0, 200)
            .mapToObj(i -> later(String.valueOf(i), SOON))
            .toList();
    Links.send(link, queue, messages);
    Links.Received received = Links.consume(link, Links.queue(queue), 200);
    assertThat(received.next(200).stream().map(each -> each.message().text()))
        .containsExactlyElementsOf(messages.stream().map(Message::text).toList());
  }

  @Test
  void whatIsDueForAQueueThatIsGoneIsKeptAsideAndHoldsUpNothing() throws Exception {
    Queue gone = Links.newQueue(link);
    Queue there = Links.newQueue(link);
    String mark = UUID.randomUUID().toString();
    Links.send(link, gone, Collections.nCopies(40, later(mark, LATER)));
    link.delete(gone);
    send(there, "goes on", LATER);
    Links.Received received = Links.consume(link, Links.queue(there), 1);
    assertThat(received.next().message().text()).isEqualTo("goes on");
    RabbitLink reader = Links.open(broker.url(), Map.of(Queue.of("aside"), UNDELIVERABLE));
    Links.Received aside = Links.consume(reader, Links.queue(Queue.of("aside")), 100);
    int found = 0;
    while (found < 40) {
      found += aside.next().message().text().equals(mark) ? 1 : 0;
    }
    reader.close(Duration.ofSeconds(5));
  }

  @Test
  void whatWaitsGoesToAQueueThatWasMadeAgainMeanwhile() throws Exception {
    Queue queue = Links.newQueue(link);
    send(queue, "a", LATER);
    link.delete(queue);
    link.declare(queue, QueueOptions.DEFAULT);
    assertThat(Links.consume(link, Links.queue(queue), 1).next().message().text()).isEqualTo("a");
  }

  @Test
  void aTopicsMessageReachesWhoIsSubscribedWhenItIsDue() throws Exception {
    Topic topic = Links.newTopic(link);
    send(topic, "a", LATER);
    Source.Terms terms = new Source.Terms(Optional.empty(), false, false);
    Links.Received plain = Links.consume(link, new Source.OfTopic(topic, terms), 1);
    Links.Received pattern =
        Links.consume(link, new Source.OfPattern(TopicPattern.of("t.#"), terms), 1);
    for (Links.Received each : List.of(plain, pattern)) {
      assertThat(each.next().message().text()).isEqualTo("a");
    }
    assertThat(pattern.deliveries).isEmpty();
  }

  @Test
  void messagesToTopicsWithoutSubscribersLeaveNothingBehind() throws Exception {
    Topic topic = Links.newTopic(link);
    Queue after = Links.newQueue(link);
    for (int i = 0; i < 40; i++) {
      send(topic, "nobody hears", SOON);
    }
    send(after, "goes on", SOON);
    assertThat(Links.consume(link, Links.queue(after), 1).next().message().text())
        .isEqualTo("goes on");
  }

  @Test
  void queuesToWaitInThatSomebodyDeletedAreMadeAgain() throws Exception {
    Queue queue = Links.newQueue(link);
    Duration unusual = LONG_FROM_NOW.plusMillis(1);
    send(queue, "a", unusual);
    Connection connection = link.unwrap(Connection.class).orElseThrow();
    int level = DelayPath.of(unusual, false).entry();
    DelayPath.Wait first = DelayPath.of(unusual, false).waits().get(0);
    try (var channel = connection.createChannel()) {
      channel.queueDelete("anymq/wait/" + level + "/" + first.label());
    }
    assertThat(failure(queue, later("b", unusual))).hasMessageContaining("anymq/wait");
    send(queue, "c", unusual);
  }
}
