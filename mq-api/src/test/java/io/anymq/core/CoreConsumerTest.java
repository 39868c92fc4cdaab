package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.AcknowledgementMode;
import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoreConsumerTest {

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

  private static void settledAs(FakeConsumer native1, String line) {
    Eventually.until(
        line + ", and not only " + native1.settled, () -> native1.settled.contains(line));
  }

  @Test
  void receiveReturnsWhatComesInItsOrder() {
    CoreConsumer consumer = consumer();
    assertThat(consumer.receiveNoWait()).isEmpty();
    assertThat(consumer.receive(Duration.ofMillis(1))).isEmpty();
    FakeDelivery first = link.consumer().deliver("1");
    link.consumer().deliver("2");
    Delivery delivery = next(consumer);
    assertThat(text(delivery)).isEqualTo("1");
    assertThat(delivery.settled()).isFalse();
    assertThat(first.handedOut).hasValue(1);
    assertThat(consumer.receiveNoWait().map(CoreConsumerTest::text)).contains("2");
    assertThat(consumer.receiveNoWait()).isEmpty();
    delivery.accept();
    assertThat(delivery.settled()).isTrue();
    settledAs(link.consumer(), "ACCEPT 1");
  }

  @Test
  void theRequestSaysWhatWasAskedFor() {
    consumer(ConsumerOptions.builder().prefetch(7).selector("a = 1").keyOrdered(true).build());
    assertThat(link.consumer().request.prefetch()).isEqualTo(7);
    assertThat(link.consumer().request.selector()).contains("a = 1");
    assertThat(link.consumer().request.keyOrdered()).isTrue();
    assertThat(link.calls).contains("declare queue:q");
  }

  @Test
  void whereTheLinkGivesTurnsTheCoreKeepsTheOrderOfKeys() {
    backend.capabilities.put(Capability.KEY_ORDERING, Support.EMULATED);
    try (CoreConnection other = backend.connect()) {
      CoreConsumer consumer =
          other.consumer(
              QUEUE, ConsumerOptions.builder().prefetch(7).keyOrdered(true).build(), null);
      FakeConsumer native1 = backend.link().consumer();
      assertThat(native1.request.prefetch()).isEqualTo(7 + KeyGate.WINDOW);
      native1.deliver(FakeDelivery.keyed("1", "k"));
      native1.deliver(FakeDelivery.keyed("2", "k"));
      Delivery first = next(consumer);
      assertThat(consumer.receiveNoWait()).isEmpty();
      first.release(Duration.ZERO);
      assertThat(native1.settled).as("the link is never told of a release").isEmpty();
      Delivery again = next(consumer);
      assertThat(text(again)).isEqualTo("1");
      assertThat(again.deliveryCount()).isEqualTo(2);
      again.accept();
      assertThat(text(next(consumer))).isEqualTo("2");
    }
  }

  @Test
  void aBatchIsWhatIsHereUpToItsSize() {
    CoreConsumer consumer = consumer();
    assertThat(consumer.receiveBatch(3, Duration.ofMillis(1))).isEmpty();
    List.of("1", "2", "3", "4", "5").forEach(link.consumer()::deliver);
    assertThat(consumer.receiveBatch(1, LONG))
        .extracting(CoreConsumerTest::text)
        .containsExactly("1");
    assertThat(consumer.receiveBatch(3, LONG))
        .extracting(CoreConsumerTest::text)
        .containsExactly("2", "3", "4");
    assertThat(consumer.receiveBatch(9, LONG)).hasSize(1);
    assertThatThrownBy(() -> consumer.receiveBatch(0, LONG))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("not 0");
    assertThatThrownBy(() -> consumer.receiveBatch(1, Duration.ofMillis(-1)))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void anAutomaticPullConsumerAcceptsAsItHandsOut() {
    CoreConsumer consumer =
        consumer(ConsumerOptions.builder().acknowledgement(AcknowledgementMode.AUTOMATIC).build());
    List.of("1", "2", "3").forEach(link.consumer()::deliver);
    Delivery delivery = next(consumer);
    assertThat(delivery.settled()).isTrue();
    assertThat(consumer.receiveNoWait().orElseThrow().settled()).isTrue();
    assertThat(consumer.receiveBatch(3, LONG)).allMatch(Delivery::settled);
    assertThatThrownBy(delivery::release)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("accepts automatically");
  }

  @Test
  void concurrencyNeedsAListenerAndReceiveNeedsNone() {
    ConsumerOptions two = ConsumerOptions.builder().concurrency(2).build();
    assertThatThrownBy(() -> consumer(two))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("concurrency of 2 needs a listener");
    Consumer listening = connection.createConsumer(QUEUE, two, delivery -> {});
    assertThatThrownBy(listening::receiveNoWait)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("has a listener");
  }

  @Test
  void closingHandsOutNothingMoreAndClosesTheNativeOne() {
    CoreConsumer consumer = consumer();
    link.consumer().deliver("1");
    link.consumer().deliver("2");
    next(consumer).accept();
    consumer.close();
    assertThat(consumer.isClosing()).isTrue();
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
    assertThat(link.consumer().closed).isTrue();
    assertThatThrownBy(consumer::receiveNoWait)
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("consumer of queue 'q' is closed");
    assertThatThrownBy(() -> consumer.receive(LONG)).isInstanceOf(ClosedException.class);
    consumer.close();
    link.lose(new ConnectionLostException("cut"));
    Eventually.until(
        "recovered", () -> backend.links.size() == 2 && connection.state().name().equals("OPEN"));
    assertThat(backend.link(1).consumers).isEmpty();
  }

  @Test
  void closingWakesWhoReceives() {
    CoreConsumer consumer = consumer();
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Eventually.waiting(() -> seen.set(failureOfReceive(consumer)));
    consumer.close();
    Eventually.until("receive ends", () -> seen.get() != null);
    assertThat(seen.get()).isInstanceOf(ClosedException.class);
  }

  private static Throwable failureOfReceive(CoreConsumer consumer) {
    try {
      return new AssertionError(consumer.receive(Duration.ofSeconds(60)));
    } catch (MessagingException e) {
      return e;
    }
  }

  @Test
  void anInterruptEndsReceiveAndStays() {
    CoreConsumer consumer = consumer();
    Thread.currentThread().interrupt();
    assertThat(failureOfReceive(consumer))
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void selectorsOfSubscriptionsAreTheCoresWhereTheBackendHasNone() {
    backend.capabilities.put(Capability.TOPIC_SELECTORS, Support.EMULATED);
    try (CoreConnection other = backend.connect()) {
      SubscriptionOptions options =
          SubscriptionOptions.builder()
              .consumer(ConsumerOptions.builder().selector("a = 1").build())
              .build();
      Consumer consumer = other.subscribe(Topic.of("t"), options);
      FakeConsumer native1 = backend.link().consumer();
      assertThat(native1.request.selector()).isEmpty();
      native1.deliver("not selected");
      native1.deliver(new FakeDelivery(Message.text("yes").toBuilder().property("a", 1).build()));
      assertThat(text(next(consumer))).isEqualTo("yes");
      settledAs(native1, "ACCEPT not selected");
      native1.deliver("not selected either");
      assertThat(consumer.receive(Duration.ofMillis(5))).isEmpty();
    }
  }

  @Test
  void whatHasExpiredIsDropped() {
    CoreConsumer consumer = consumer();
    link.consumer()
        .deliver(
            new FakeDelivery(
                Message.text("old").toBuilder().expiresAt(Instant.now().minusSeconds(1)).build()));
    link.consumer()
        .deliver(
            new FakeDelivery(
                Message.text("new").toBuilder().expiresAt(Instant.now().plusSeconds(99)).build()));
    assertThat(text(next(consumer))).isEqualTo("new");
    settledAs(link.consumer(), "ACCEPT old");
  }

  @Test
  void aDurableSubscriptionIsRemovedByUnsubscribe() {
    var durable = connection.subscribe(Topic.of("t"), SubscriptionOptions.durable("s"));
    assertThat(durable.name()).contains("s");
    durable.unsubscribe();
    assertThat(link.calls).contains("unsubscribe topic:t s");
    assertThat(link.consumer().closed).isTrue();
    var plain = connection.subscribe(Topic.of("t"), SubscriptionOptions.DEFAULT);
    assertThat(plain.name()).isEmpty();
    link.calls.clear();
    plain.unsubscribe();
    assertThat(link.calls).isEmpty();
    assertThat(link.consumer().closed).isTrue();
  }

  private static FakeDelivery defective(String text) {
    return new FakeDelivery(FakeDelivery.of(text).message) {
      @Override
      public void handedOut() {
        throw new IllegalStateException("a defect of the adapter's");
      }
    };
  }

  /** What is in the batch is accepted: whoever does not return it has lost it. */
  @Test
  void aBatchIsReturnedThoughALaterDeliveryFails() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer =
        consumer(ConsumerOptions.builder().acknowledgement(AcknowledgementMode.AUTOMATIC).build());
    link.consumer().deliver("1");
    link.consumer().deliver(defective("2"));
    link.consumer().deliver("3");
    assertThat(consumer.receiveBatch(3, LONG))
        .extracting(CoreConsumerTest::text)
        .containsExactly("1");
    assertThat(consumer.receiveBatch(3, LONG))
        .extracting(CoreConsumerTest::text)
        .containsExactly("3");
    settledAs(link.consumer(), "LATER 1000 2");
    consumer.close();
    assertThat(link.consumer().settled).filteredOn(each -> each.startsWith("ACCEPT")).hasSize(2);
  }

  @Test
  void aDeliveryThatCannotBeReceivedGoesBack() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer = consumer();
    link.consumer().deliver(defective("1"));
    assertThatThrownBy(() -> consumer.receive(LONG)).hasMessageContaining("a defect");
    settledAs(link.consumer(), "LATER 1000 1");
    link.consumer().deliver(defective("2"));
    assertThatThrownBy(consumer::receiveNoWait).hasMessageContaining("a defect");
    settledAs(link.consumer(), "LATER 1000 2");
  }

  @Test
  void anAcceptanceThatFailsInTheAdapterKeepsNoMessageFromTheProgram() {
    link.consumerMaker =
        (request, sink) ->
            new FakeConsumer(request, sink) {
              @Override
              public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
                throw new IllegalStateException("a defect of the adapter's");
              }
            };
    CoreConsumer consumer =
        consumer(
            ConsumerOptions.builder()
                .prefetch(1)
                .acknowledgement(AcknowledgementMode.AUTOMATIC)
                .build());
    link.consumer().deliver("1");
    assertThat(text(next(consumer))).isEqualTo("1");
  }

  /** A listener that still works accepts what it has: a close that ends before that has lost it. */
  @Test
  void anInterruptWhileItClosesDoesNotShortenAClose() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    Consumer consumer =
        connection.createConsumer(
            QUEUE,
            ConsumerOptions.DEFAULT,
            delivery -> {
              entered.countDown();
              await(held);
            });
    link.consumer().deliver("1");
    await(entered);
    AtomicBoolean flag = new AtomicBoolean();
    Thread closer =
        Eventually.waiting(
            () -> {
              consumer.close();
              flag.set(Thread.currentThread().isInterrupted());
            });
    closer.interrupt();
    closer.join(100); // a close that is cut short ends
    assertThat(link.consumer().closed).as("closed while the listener runs").isFalse();
    held.countDown();
    closer.join(10_000);
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
    assertThat(link.consumer().closed).isTrue();
    assertThat(flag).as("the interrupt shows afterwards").isTrue();
  }

  @Test
  void anInterruptWhileItClosesDoesNotReachTheAdapter() throws Exception {
    CoreConsumer consumer = consumer();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    link.consumer().closing =
        () -> {
          entered.countDown();
          await(held);
        };
    Thread closer = Eventually.waiting(consumer::close);
    await(entered);
    closer.interrupt();
    held.countDown();
    closer.join(10_000);
    assertThat(link.consumer().closed).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It would be opened again on each later link, and nobody could close it. */
  @Test
  void oneThatCannotBeOpenedForALackOfThreadsIsForgotten() {
    link.before(
        "consume",
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    assertThatThrownBy(this::consumer).isInstanceOf(OutOfMemoryError.class);
    link.lose(new ConnectionLostException("cut"));
    Eventually.until(
        "recovered", () -> backend.links.size() == 2 && connection.state().name().equals("OPEN"));
    assertThat(backend.link(1).consumers).isEmpty();
  }
}
