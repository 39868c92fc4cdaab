package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionLostException;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.OutboundMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a delivery that no consumer can use. */
class DeadLettersTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Queue LETTERS = Queue.of("q.dlq");

  private static final ConsumerOptions TWICE =
      ConsumerOptions.builder().maxDeliveries(2).redeliveryDelay(RedeliveryDelay.NONE).build();

  private final FakeBackend backend = new FakeBackend();

  private final CoreConnection connection = backend.connect();

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.refusal = () -> null;
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
  void aRejectedMessageIsADeadLetterWithItsReason() {
    CoreConsumer consumer =
        consumer(ConsumerOptions.builder().deadLetterQueue(Queue.of("letters")).build());
    Delivery delivery = delivered(consumer, FakeDelivery.of("1"));
    delivery.reject("broken");
    delivery.reject("broken");
    assertThat(why(letter()))
        .isEqualTo(new DeadLetter(DeadLetter.Reason.REJECTED, 1, "queue:q", null, "broken"));
    assertThat(link.producer(Queue.of("letters")).texts()).containsExactly("1");
    settledAs("ACCEPT 1");
  }

  @Test
  void aLongReasonIsShortened() {
    CoreConsumer consumer = consumer(TWICE);
    delivered(consumer, FakeDelivery.of("1")).reject("x".repeat(1000));
    assertThat(why(letter()).error()).isEqualTo("x".repeat(1000));
    settledAs("ACCEPT 1");
    delivered(consumer, FakeDelivery.of("2")).reject("x".repeat(1001));
    Eventually.until("another", () -> link.producer(LETTERS).sent.size() == 2);
    assertThat(why(letter()).error()).isEqualTo("x".repeat(1000));
  }

  @Test
  void whatCannotBeDecodedIsADeadLetter() {
    CoreConsumer consumer = consumer(TWICE);
    FakeDelivery inbound = FakeDelivery.of("1");
    inbound.undecodable = new InvalidMessageException("no text");
    link.consumer().deliver(inbound);
    assertThat(consumer.receive(Duration.ofMillis(20))).isEmpty();
    assertThat(why(letter()).reason()).isEqualTo(DeadLetter.Reason.UNDECODABLE);
    assertThat(why(letter()).error()).isEqualTo("no text");
    settledAs("ACCEPT 1");
  }

  @Test
  void aSubscriptionsDeadLetterNamesIt() {
    var consumer =
        connection.subscribe(Topic.of("t"), SubscriptionOptions.builder().durable("s").build());
    FakeDelivery inbound = FakeDelivery.of("1");
    inbound.destination = Topic.of("t");
    link.consumer().deliver(inbound);
    consumer.receive(Duration.ofSeconds(10)).orElseThrow().reject("x");
    assertThat(why(letter()))
        .isEqualTo(new DeadLetter(DeadLetter.Reason.REJECTED, 1, "topic:t", "s", "x"));
    assertThat(link.producer(Topic.of("t").deadLetterQueue()).texts()).containsExactly("1");
  }

  @Test
  void beforeItsDeadLetterIsConfirmedAMessageIsNotAccepted() {
    link.confirms = false;
    delivered(consumer(TWICE), FakeDelivery.of("1")).reject("x");
    OutboundMessage letter = letter();
    assertThat(link.consumer().settled).isEmpty();
    letter.confirmed();
    settledAs("ACCEPT 1");
  }

  /** Whoever finds the letter may close the consumer before the sender has returned. */
  @Test
  void aCloseWaitsForALetterThatIsJustBeingSent() throws Exception {
    CoreConsumer consumer = consumer(TWICE);
    Thread closing = new Thread(consumer::close, "anymq-test-close");
    link.before(
        "send",
        () -> {
          closing.start();
          closing.join(1_000);
          assertThat(link.consumer().closed).as("closed before the letter was sent").isFalse();
        });
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    closing.join(10_000);
    assertThat(link.consumer().closed).as("closed in the end").isTrue();
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
  }

  @Test
  void aRefusedDeadLetterIsParkedAndSentAgain() {
    link.consumerMaker = FakeConsumer.Lot::new;
    CoreConsumer consumer = consumer(TWICE);
    link.failNext("send", new MessagingException(ErrorCode.QUEUE_FULL, "full"));
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    settledAs("PARK 1");
    Eventually.until("sent again", () -> link.producer(LETTERS).sent.size() == 2);
    assertThat(why(letter()).error()).isEqualTo("x");
    settledAs("PARK 1", "UNPARK 1", "ACCEPT 1");
  }

  /** Where the backend keeps what is refused, it would come again with the same text. */
  @Test
  void aDeadLetterThatIsTooLargeIsSentWithoutItsTextAtOnce() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer = consumer(TWICE);
    link.failNext("send", new MessageTooLargeException("too large"));
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    settledAs("ACCEPT 1");
    assertThat(link.producer(LETTERS).sent).hasSize(2);
    assertThat(why(letter()).error()).isNull();
  }

  @Test
  void oneThatIsTooLargeEvenWithoutItsTextIsTriedSeldom() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer = consumer(TWICE);
    link.failNext("send", new MessageTooLargeException("too large"));
    delivered(consumer, FakeDelivery.of("2").count(2)).release();
    settledAs("LATER 30000 2");
  }

  @Test
  void aTopicOfAPatternWhoseNameLeavesNoRoomHasAQueueForItsDeadLetters() {
    Topic topic = Topic.of("t." + "x".repeat(Destination.MAX_NAME_LENGTH - 2));
    CoreSubscription subscription =
        (CoreSubscription)
            connection.subscribe(TopicPattern.of("t.*"), SubscriptionOptions.DEFAULT);
    FakeDelivery delivery = FakeDelivery.of("1");
    delivery.destination = topic;
    link.consumer().deliver(delivery);
    subscription.receive(Duration.ofSeconds(10)).orElseThrow().reject("x");
    settledAs("ACCEPT 1");
    assertThat(link.producers.get(link.producers.size() - 1).destination.name())
        .hasSize(Destination.MAX_NAME_LENGTH)
        .startsWith("t.xxx")
        .endsWith(Topic.DEAD_LETTER_SUFFIX);
  }

  @Test
  void whereTheBackendKeepsItARefusedOneGoesBack() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer = consumer(TWICE);
    link.failNext("send", new MessagingException(ErrorCode.ACCESS_REFUSED, "no right"));
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    settledAs("LATER 30000 1");
    link.failNext("send", new MessagingException(ErrorCode.QUEUE_FULL, "full"));
    delivered(consumer, FakeDelivery.of("2")).reject("x");
    settledAs("LATER 30000 1", "LATER 1000 2");
    link.failNext("produce", new IllegalStateException("a defect"));
    consumer = consumer(ConsumerOptions.builder().deadLetterQueue(Queue.of("other")).build());
    delivered(consumer, FakeDelivery.of("3")).reject("x");
    settledAs("LATER 30000 3");
  }

  @Test
  void aTemporaryQueueHasNoDeadLetters() {
    Queue temporary = connection.createTemporaryQueue();
    CoreConsumer consumer = connection.consumer(temporary, TWICE, null);
    FakeDelivery inbound = FakeDelivery.of("1");
    inbound.destination = temporary;
    delivered(consumer, inbound).reject("x");
    settledAs("ACCEPT 1");
    assertThat(link.producers).isEmpty();
  }

  @Test
  void whatALostLinkDeliveredIsNoDeadLetterOfTheNext() {
    CoreConsumer consumer = consumer(TWICE);
    Delivery delivery = delivered(consumer, FakeDelivery.of("1"));
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    delivery.reject("x");
    assertThat(backend.link(1).producers).isEmpty();
    assertThat(delivery.settled()).isTrue();
  }

  /** It comes again over the next link, and gets its dead letter there. */
  @Test
  void theDeadLetterOfWhatComesAgainIsNotSentOverTheNextLink() {
    link.confirms = false;
    CoreConsumer consumer = consumer(TWICE);
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    OutboundMessage unheard = letter();
    CompletableFuture<Message> other =
        connection.sendAsync(LETTERS, Message.text("of the program"));
    link.lose(new ConnectionLostException("cut"));
    assertThat(other).succeedsWithin(Duration.ofSeconds(10));
    FakeLink next = backend.link(1);
    assertThat(next.producer(LETTERS).texts()).containsExactly("of the program");
    unheard.confirmed();
    next.consumer().deliver(FakeDelivery.of("1"));
    consumer.receive(Duration.ofSeconds(10)).orElseThrow().reject("x");
    Eventually.until("accepted", () -> next.consumer().settled.contains("ACCEPT 1"));
    assertThat(next.producer(LETTERS).texts()).containsExactly("of the program", "1");
    assertThat(link.consumer().settled).isEmpty();
  }

  @Test
  void closingWaitsForTheDeadLettersUnderWay() {
    link.confirms = false;
    CoreConsumer consumer = consumer(TWICE);
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    OutboundMessage letter = letter();
    Thread closer = Eventually.waiting(consumer::close);
    letter.confirmed();
    Eventually.until("close returns", () -> !closer.isAlive());
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
  }

  /** Many that wait for a queue that refuses are tried a few at a time, and then all at once. */
  @Test
  void whatWaitsForARefusingQueueIsNoStorm() {
    link.consumerMaker = FakeConsumer.Lot::new;
    CoreConsumer consumer = consumer(TWICE);
    int letters = 200;
    AtomicBoolean full = new AtomicBoolean(true);
    link.refusal = () -> full.get() ? new MessagingException(ErrorCode.QUEUE_FULL, "full") : null;
    for (int i = 0; i < letters; i++) {
      delivered(consumer, FakeDelivery.of("m" + i)).reject("x");
    }
    Eventually.until("all tried once", () -> link.producer(LETTERS).sent.size() >= letters);
    int before = link.producer(LETTERS).sent.size();
    long begin = System.nanoTime();
    Eventually.until("two more rounds", () -> link.producer(LETTERS).sent.size() > before + 10);
    int tried = link.producer(LETTERS).sent.size() - before;
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    assertThat((long) tried)
        .as("in place of 200 more each second")
        .isLessThanOrEqualTo(LetterQueue.FEW * (seconds + 2));
    full.set(false);
    Eventually.until("all taken", () -> accepted() == letters);
  }

  private long accepted() {
    return link.consumer().settled.stream()
        .filter(line -> line.startsWith("ACCEPT"))
        .mapToLong(line -> line.split(" ").length - 1)
        .sum();
  }

  @Test
  void whatTheBackendKeepsForARefusingQueueComesAgainOneAfterTheOther() {
    link.consumerMaker = FakeConsumer.Later::new;
    CoreConsumer consumer = consumer(TWICE);
    link.refusal = () -> new MessagingException(ErrorCode.QUEUE_FULL, "full");
    for (int i = 0; i < LetterQueue.FEW + 1; i++) {
      delivered(consumer, FakeDelivery.of("m" + i)).reject("x");
    }
    Eventually.until("all put aside", () -> link.consumer().settled.size() == LetterQueue.FEW + 1);
    assertThat(link.consumer().settled)
        .contains("LATER 1000 m0")
        .anyMatch(line -> line.startsWith("LATER 2000"));
  }

  /** Nobody else would settle it; and its letter is there, so another one would be one too many. */
  @Test
  void whatFollowsALetterIsDoneAgainAfterADefect() {
    AtomicBoolean defect = new AtomicBoolean(true);
    link.consumerMaker =
        (request, sink) ->
            new FakeConsumer.Lot(request, sink) {
              @Override
              public void unpark(InboundDelivery delivery) {
                if (defect.getAndSet(false)) {
                  throw new IllegalStateException("a defect");
                }
                super.unpark(delivery);
              }
            };
    CoreConsumer consumer = consumer(TWICE);
    link.failNext("send", new MessagingException(ErrorCode.QUEUE_FULL, "full"));
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    settledAs("PARK 1", "ACCEPT 1");
    assertThat(link.producer(LETTERS).texts()).as("refused, and taken").containsExactly("1", "1");
  }

  /** Whoever closes would wait for it until the time is over. */
  @Test
  void aLetterThatCannotBeSentForALackOfThreadsIsNotUnderWay() {
    link.before(
        "produce",
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    CoreConsumer consumer = consumer(TWICE);
    delivered(consumer, FakeDelivery.of("1")).reject("x");
    Eventually.returnsElsewhere(
        "the wait for letters",
        () -> consumer.deadLetters().awaitIdle(Deadline.in(Duration.ofMinutes(1))));
    settledAs("ACCEPT 1");
    link.before(
        "send",
        () -> {
          throw new StackOverflowError();
        });
    delivered(consumer, FakeDelivery.of("2")).reject("x");
    Eventually.returnsElsewhere(
        "the wait for letters",
        () -> consumer.deadLetters().awaitIdle(Deadline.in(Duration.ofMinutes(1))));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneOfTheFewThatFailsDoesNotKeepTheOthersBack() {
    LetterQueue letters = new LetterQueue(connection.threads());
    CoreConsumer consumer = consumer(TWICE);
    List<String> tried = new CopyOnWriteArrayList<>();
    CountDownLatch bothWait = new CountDownLatch(1);
    connection.threads().chore(() -> await(bothWait));
    for (String each : List.of("1", "2")) {
      CoreDelivery delivery = (CoreDelivery) delivered(consumer, FakeDelivery.of(each));
      letters.add(
          delivery,
          Duration.ofMillis(1),
          () -> {
            tried.add(each);
            if (tried.size() == 1) {
              throw new StackOverflowError();
            }
          });
    }
    bothWait.countDown();
    Eventually.until("the others, and it again", () -> tried.size() == 3);
    assertThat(tried).containsExactly("1", "2", "1");
  }
}
