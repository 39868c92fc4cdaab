package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MissingDestination;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer whose link, destination or native counterpart is lost. */
class ConsumerRecoveryTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeBackend backend = new FakeBackend();

  private final CoreConnection connection = backend.connect();

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    connection.close();
  }

  private CoreConsumer consumer(ConsumerOptions options) {
    return connection.consumer(QUEUE, options, null);
  }

  private CoreConsumer consumer() {
    return consumer(ConsumerOptions.DEFAULT);
  }

  private static Delivery next(Consumer consumer) {
    return consumer.receive(LONG).orElseThrow();
  }

  private static String text(Delivery delivery) {
    return delivery.message().text();
  }

  @Test
  void whatALostLinkDeliveredComesAgainOnTheNext() {
    CoreConsumer consumer = consumer();
    link.consumer().deliver("1");
    link.consumer().deliver("2");
    Delivery old = next(consumer);
    link.lose(new ConnectionLostException("cut"));
    FakeLink second = backend.link(1);
    Eventually.until("reopened", () -> !second.consumers.isEmpty());
    assertThat(consumer.receiveNoWait()).as("dropped with its link").isEmpty();
    old.accept();
    second.consumer().deliver("1");
    second.consumer().deliver("2");
    Delivery again = next(consumer);
    assertThat(again.redelivered()).as("handed out on the first link").isTrue();
    assertThat(again.deliveryCount()).isEqualTo(2);
    assertThat(next(consumer).redelivered()).as("never handed out").isFalse();
    assertThat(link.consumer().settled).isEmpty();
  }

  @Test
  void aCountOfTheBackendsOwnIsNotRaised() {
    CoreConsumer consumer = consumer();
    link.consumer().deliver("1");
    next(consumer);
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    backend.link(1).consumer().deliver(FakeDelivery.of("1").count(2));
    assertThat(next(consumer).deliveryCount()).isEqualTo(2);
  }

  /** Most backends record a first hand-out only when the message goes back in order. */
  @Test
  void aLimitOfOneHoldsOverALossThatKeptTheBackendFromRecordingTheHandOut() {
    CoreConsumer consumer = consumer(ConsumerOptions.builder().maxDeliveries(1).build());
    link.consumer().deliver("1");
    next(consumer);
    link.lose(new ConnectionLostException("cut"));
    FakeLink second = backend.link(1);
    Eventually.until("reopened", () -> !second.consumers.isEmpty());
    FakeDelivery again = FakeDelivery.of("1").count(2);
    again.earlier = 0;
    second.consumer().deliver(again);
    second.consumer().deliver("2");
    assertThat(text(next(consumer))).isEqualTo("2");
    Eventually.until("buried", () -> second.consumer().settled.contains("ACCEPT 1"));
    assertThat(second.producer(QUEUE.deadLetterQueue()).texts()).containsExactly("1");
  }

  @Test
  void aCancelledConsumerIsReopenedOnTheSameLink() {
    CoreConsumer consumer = consumer();
    FakeConsumer first = link.consumer();
    first.deliver("1");
    first.sink.broken(new ConnectionLostException("cancelled"));
    Eventually.until("reopened", () -> link.consumers.size() == 2);
    assertThat(consumer.receiveNoWait()).isEmpty();
    link.consumer().deliver("1");
    assertThat(text(next(consumer))).isEqualTo("1");
    assertThat(backend.links).hasSize(1);
  }

  @Test
  void aConsumerWhoseQueueIsDeletedEndsWhereItMayNotMakeIt() {
    link.existing.add(QUEUE);
    CoreConsumer consumer =
        consumer(ConsumerOptions.builder().missingDestination(MissingDestination.FAIL).build());
    link.consumer().sink.broken(new DestinationNotFoundException("deleted"));
    Eventually.until("ended", consumer::isClosing);
    assertThatThrownBy(consumer::receiveNoWait)
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("queue 'q' has ended: deleted");
    consumer();
    link.consumer().sink.broken(new DestinationNotFoundException("deleted"));
    Eventually.until("the other one is reopened", () -> link.consumers.size() == 3);
  }

  @Test
  void aReplayGoesOnBehindWhatWasHandedOut() {
    Instant from = Instant.now().minusSeconds(100);
    Consumer consumer =
        connection.subscribe(Topic.of("t"), SubscriptionOptions.builder().replayFrom(from).build());
    assertThat(resumed(link)).contains(from);
    Instant seen = Instant.ofEpochMilli(System.currentTimeMillis() - 50_000);
    link.consumer()
        .deliver(new FakeDelivery(Message.text("1").toBuilder().timestamp(seen).build()));
    link.consumer()
        .deliver(
            new FakeDelivery(
                Message.text("2").toBuilder().timestamp(Instant.now().plusSeconds(900)).build()));
    next(consumer);
    next(consumer);
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    assertThat(resumed(backend.link(1))).contains(seen);
  }

  private static Optional<Instant> resumed(FakeLink link) {
    return ((io.anymq.spi.Source.OfTopic) link.consumer().request.source()).terms().replayFrom();
  }

  @Test
  void oneThatCannotBeReopenedSaysWhy() {
    CoreConsumer consumer = consumer();
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.failNext("consume", new MessagingException(ErrorCode.ACCESS_REFUSED, "no right"));
          return next;
        };
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("ended", consumer::isClosing);
    assertThatThrownBy(() -> consumer.receive(LONG))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("no right");
  }
}
