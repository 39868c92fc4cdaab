package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionLostException;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.spi.OutboundMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a delivery: released, rejected, delivered too often, dead-lettered. */
class SettlingTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Queue LETTERS = Queue.of("q.dlq");

  private static final ConsumerOptions TWICE =
      ConsumerOptions.builder().maxDeliveries(2).redeliveryDelay(RedeliveryDelay.NONE).build();

  private final FakeBackend backend = new FakeBackend();

  private final CoreConnection connection = backend.connect();

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close(Duration.ofMillis(500));
  }

  private CoreConsumer consumer(ConsumerOptions options) {
    return connection.consumer(QUEUE, options, null);
  }

  private Delivery delivered(CoreConsumer consumer, FakeDelivery delivery) {
    link.consumer().deliver(delivery);
    return consumer.receive(Duration.ofSeconds(10)).orElseThrow();
  }

  private void settledAs(String... lines) {
    Eventually.until(
        String.join(", ", lines), () -> link.consumer().settled.containsAll(List.of(lines)));
    assertThat(link.consumer().settled).containsExactly(lines);
  }

  private OutboundMessage letter() {
    Eventually.until(
        "a dead letter", () -> link.calls.stream().anyMatch(each -> each.startsWith("send")));
    return link.producers.get(link.producers.size() - 1).last();
  }

  private static DeadLetter why(OutboundMessage letter) {
    return DeadLetter.of(letter.message()).orElseThrow();
  }

  @Test
  void settlingTheSameWayAgainDoesNothingAndAnotherWayIsRefused() {
    Delivery delivery = delivered(consumer(TWICE), FakeDelivery.of("1"));
    delivery.accept();
    delivery.accept();
    assertThatThrownBy(delivery::release)
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ILLEGAL_USE))
        .hasMessage("This delivery of queue 'q' was accepted already and cannot be released");
    assertThatThrownBy(() -> delivery.reject("x")).hasMessageContaining("cannot be rejected");
    assertThatThrownBy(() -> delivery.release(Duration.ZERO)).hasMessageContaining("released");
    settledAs("ACCEPT 1");
  }

  @Test
  void aReleaseGoesToTheBackendWithItsDelay() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer =
        consumer(
            ConsumerOptions.builder()
                .redeliveryDelay(
                    RedeliveryDelay.exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(10)))
                .build());
    delivered(consumer, FakeDelivery.of("1")).release();
    delivered(consumer, FakeDelivery.of("2").count(3)).release();
    delivered(consumer, FakeDelivery.of("3")).release(Duration.ofMillis(7));
    delivered(consumer, FakeDelivery.of("4")).release(Duration.ZERO);
    Delivery last = delivered(consumer, FakeDelivery.of("5"));
    assertThatThrownBy(() -> last.release(Duration.ofMillis(-1)))
        .isInstanceOf(InvalidOptionException.class);
    assertThat(last.settled()).isFalse();
    last.release(Duration.ofSeconds(Long.MAX_VALUE));
    settledAs("LATER 100 1", "LATER 400 2", "LATER 7 3", "RELEASE 4", "LATER 3153600000000 5");
  }

  @Test
  void aReleaseIsDoneOnAnInterruptedThreadToo() {
    Delivery delivery = delivered(consumer(TWICE), FakeDelivery.of("1"));
    Thread.currentThread().interrupt();
    delivery.release();
    assertThat(Thread.interrupted()).isTrue();
    settledAs("RELEASE 1");
  }

  @Test
  void theLastDeliveryThatIsReleasedBecomesADeadLetter() {
    CoreConsumer consumer = consumer(TWICE);
    delivered(consumer, FakeDelivery.of("1")).release();
    settledAs("RELEASE 1");
    FakeDelivery second = FakeDelivery.of("1").count(2);
    delivered(consumer, second).release();
    OutboundMessage letter = letter();
    assertThat(link.producer(LETTERS).texts()).containsExactly("1");
    assertThat(letter.origin()).containsSame(second);
    assertThat(why(letter))
        .isEqualTo(new DeadLetter(DeadLetter.Reason.DELIVERY_LIMIT, 2, "queue:q", null, null));
    settledAs("RELEASE 1", "ACCEPT 1");
  }

  @Test
  void countsOfDeliveriesThatNobodySawDoNotKillAMessage() {
    CoreConsumer consumer = consumer(TWICE);
    FakeDelivery unseen = FakeDelivery.of("1").count(5);
    unseen.earlier = 0;
    delivered(consumer, unseen).release();
    settledAs("RELEASE 1");
    FakeDelivery unknown = FakeDelivery.of("2").count(5);
    unknown.unknown = new ConnectionLostException("no answer");
    delivered(consumer, unknown).release();
    settledAs("RELEASE 1", "RELEASE 2");
  }

  @Test
  void oneThatArrivesTooOftenIsNeverHandedOut() {
    CoreConsumer consumer = consumer(TWICE);
    FakeDelivery third = FakeDelivery.of("1").count(3);
    link.consumer().deliver(third);
    link.consumer().deliver(FakeDelivery.of("2").count(2));
    Delivery next = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
    assertThat(next.message().text()).as("two deliveries are allowed").isEqualTo("2");
    assertThat(third.handedOut).hasValue(0);
    assertThat(why(letter()).reason()).isEqualTo(DeadLetter.Reason.DELIVERY_LIMIT);
    settledAs("ACCEPT 1");
  }

  @Test
  void whatTheCoreDeliversAgainCountsAndIsHandedOutToTheBackendOnce() {
    link.consumerMaker =
        (request, sink) -> {
          FakeConsumer consumer = new FakeConsumer(request, sink);
          consumer.releases = false;
          return consumer;
        };
    CoreConsumer consumer = consumer(TWICE);
    FakeDelivery inbound = FakeDelivery.of("1");
    delivered(consumer, inbound).release();
    Delivery again = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
    assertThat(again.deliveryCount()).isEqualTo(2);
    assertThat(again.redelivered()).isTrue();
    assertThat(inbound.handedOut).hasValue(1);
    again.release();
    assertThat(why(letter()).deliveryCount()).isEqualTo(2);
    settledAs("ACCEPT 1");
  }

  @Test
  void aDeliverySaysWhatItIs() {
    FakeDelivery inbound = FakeDelivery.of("1");
    inbound.position = "p";
    Delivery delivery = delivered(consumer(TWICE), inbound);
    assertThat(delivery.position()).contains("p");
    assertThat(delivery.destination()).isEqualTo(QUEUE);
    assertThat(delivery).hasToString("delivery 1 of message 1 from queue 'q'");
    assertThat(delivered(consumer(TWICE), new FakeDelivery(Message.text("x"))).toString())
        .contains("without an id");
  }
}
