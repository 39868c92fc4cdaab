package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.RedeliveryDelay;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.Session;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session whose commits are sends, and then settlements. */
class SessionTest {

  private static final Queue IN = Queue.of("q");
  private static final Queue OUT = Queue.of("out");
  private static final Duration LONG = Duration.ofSeconds(10);

  private static final ConsumerOptions AT_ONCE =
      ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.NONE).build();

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection connection = backend.connect();
  private final FakeLink link = backend.link();
  private final Session session = connection.createSession();
  private final Producer producer = session.createProducer(OUT);
  private final Consumer consumer =
      session.createConsumer(
          IN,
          ConsumerOptions.builder()
              .redeliveryDelay(RedeliveryDelay.constant(Duration.ofMillis(50)))
              .build());

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close(Duration.ofMillis(500));
  }

  private Delivery delivered(String text) {
    return delivered(text, consumer);
  }

  private Delivery delivered(String text, Consumer to) {
    link.consumer().deliver(text);
    return to.receive(LONG).orElseThrow();
  }

  /** A unit of work that failed comes again after its consumer's delay. */
  private static void released(FakeConsumer consumer) {
    Eventually.until("released", () -> !consumer.settled.isEmpty());
    assertThat(consumer.settled).containsExactly("RELEASE 1");
  }

  private List<String> sent() {
    return link.producer(OUT).texts();
  }

  @Test
  void nothingHappensBeforeTheCommitAndAllOfItThen() {
    delivered("1");
    Message sent = producer.send(Message.text("a"));
    assertThat(sent.id()).isPresent();
    CompletableFuture<Message> second = producer.sendAsync(Message.text("b"));
    producer.flush(LONG);
    assertThat(sent()).isEmpty();
    assertThat(second).isNotDone();
    assertThat(link.consumer().settled).isEmpty();
    session.commit();
    assertThat(sent()).containsExactly("a", "b");
    assertThat(second).isCompletedWithValueMatching(each -> each.text().equals("b"));
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
    assertThat(producer.destination()).isEqualTo(OUT);
    session.commit();
    assertThat(sent()).as("once").hasSize(2);
  }

  @Test
  void aRollbackDropsTheSendsAndReleasesTheDeliveries() {
    Delivery delivery = delivered("1");
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    session.rollback();
    released(link.consumer());
    assertThat(sent()).isEmpty();
    assertThat(sent).isCompletedExceptionally();
    assertThat(delivery.settled()).isTrue();
    session.commit();
    assertThat(sent()).isEmpty();
    assertThat(link.consumer().settled).hasSize(1);
  }

  @Test
  void theCommitDoesWhatWasDecided() {
    link.consumerMaker = FakeConsumer.Later::new;
    Consumer later = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    List.of("1", "2", "3", "4").forEach(link.consumer()::deliver);
    List<Delivery> batch = later.receiveBatch(4, LONG);
    assertThat(batch).hasSize(4).noneMatch(Delivery::settled);
    batch.get(0).accept();
    batch.get(0).accept();
    batch.get(1).release();
    batch.get(2).release(Duration.ofMillis(7));
    batch.get(3).reject("bad");
    batch.get(3).reject("other words");
    assertThat(batch).allMatch(Delivery::settled);
    assertThat(link.consumer().settled).isEmpty();
    assertThatThrownBy(batch.get(0)::release)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("was accepted already and cannot be released");
    session.commit();
    assertThat(link.consumer().settled)
        .containsExactly("ACCEPT 1", "LATER 100 2", "LATER 7 3", "ACCEPT 4");
    DeadLetter why = DeadLetter.of(link.producer(Queue.of("q.dlq")).last().message()).orElseThrow();
    assertThat(why.reason()).isEqualTo(DeadLetter.Reason.REJECTED);
    assertThat(why.error()).isEqualTo("bad");
    assertThat(link.producer(Queue.of("q.dlq")).last().origin()).isPresent();
  }

  @Test
  void aRollbackKeepsTheDelayThatWasAskedFor() {
    link.consumerMaker = FakeConsumer.Later::new;
    Consumer later = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    link.consumer().deliver("1");
    Delivery delivery = later.receive(LONG).orElseThrow();
    assertThatThrownBy(() -> delivery.release(Duration.ofMillis(-1)))
        .isInstanceOf(InvalidOptionException.class);
    delivery.release(Duration.ofMillis(9));
    session.rollback();
    assertThat(link.consumer().settled).containsExactly("LATER 9 1");
  }

  @Test
  void aDeliveryOfASessionSaysWhatItIs() {
    FakeDelivery inbound = FakeDelivery.of("1").count(2);
    inbound.position = "p";
    link.consumer().deliver(inbound);
    Delivery delivery = consumer.receiveNoWait().orElseThrow();
    assertThat(delivery.message().text()).isEqualTo("1");
    assertThat(delivery.destination()).isEqualTo(IN);
    assertThat(delivery.redelivered()).isTrue();
    assertThat(delivery.deliveryCount()).isEqualTo(2);
    assertThat(delivery.position()).contains("p");
    assertThat(delivery).hasToString("delivery 2 of message 1 from queue 'q'");
  }

  @Test
  void aStageThatBlocksDelaysNeitherARollbackNorWhatComesAgain() {
    delivered("1");
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<Boolean> blocked =
        producer.sendAsync(Message.text("a")).handle((sent, failure) -> passes(goesOn));
    CompletableFuture<Message> second = producer.sendAsync(Message.text("b"));
    CompletableFuture<Boolean> behind = second.handle((sent, failure) -> failure != null);
    Eventually.returnsElsewhere("the rollback", session::rollback);
    released(link.consumer());
    assertThat(blocked).isNotDone();
    Eventually.until("the second is told", behind::isDone);
    goesOn.countDown();
    assertThat(blocked.join()).isTrue();
    assertThat(behind.join()).as("it failed").isTrue();
  }

  @Test
  void aStageThatBlocksDelaysNoCommit() {
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<Boolean> blocked =
        producer.sendAsync(Message.text("a")).handle((sent, failure) -> passes(goesOn));
    Eventually.returnsElsewhere("the commit", session::commit);
    assertThat(blocked).isNotDone();
    assertThat(sent()).containsExactly("a");
    goesOn.countDown();
    assertThat(blocked.join()).isTrue();
  }

  private static boolean passes(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void aRefusedSendRollsBackAndWhatWasReceivedComesAgain() {
    delivered("1");
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    link.failNext("send", new QueueFullException("full"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("Nothing of the unit of work was sent: full");
    assertThat(sent).isCompletedExceptionally();
    released(link.consumer());
  }

  @Test
  void aCommitThatWasSentInPartIsInDoubt() {
    delivered("1");
    producer.send(Message.text("a"));
    producer.send(Message.text("b"));
    link.failNext("send", new QueueFullException("full"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("in part (1 confirmed): full");
    released(link.consumer());
  }

  @Test
  void aConsumerThatClosesWhileDeliveriesAreAcceptedMakesTheCommitInDoubt() {
    FakeConsumer lost = link.consumer();
    link.consumerMaker =
        (request, sink) ->
            new FakeConsumer(request, sink) {
              @Override
              public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
                super.settle(outcome, deliveries);
                consumer.close();
              }
            };
    Consumer kept = session.createConsumer(IN, AT_ONCE);
    delivered("1", kept);
    lost.deliver("2");
    assertThat(consumer.receive(LONG)).isPresent();
    delivered("3", kept);
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("a consumer was lost while the deliveries were accepted");
    assertThat(sent).isCompletedExceptionally();
    assertThat(lost.settled).isEmpty();
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1", "RELEASE 3");
  }

  @Test
  void anAcceptanceThatDoesNotReachTheBackendMakesTheCommitInDoubt() {
    link.consumerMaker = FakeConsumer.Cut::new;
    Consumer cut = session.createConsumer(IN, AT_ONCE);
    delivered("1", cut);
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("a consumer was lost while the deliveries were accepted");
    assertThat(sent).isCompletedExceptionally();
  }

  @Test
  void aSendInDoubtMakesTheCommitInDoubt() {
    producer.send(Message.text("a"));
    producer.send(Message.text("b"));
    link.failNext("send", new SendInDoubtException("who knows"));
    link.failNext("send", new QueueFullException("full"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("in part (0 confirmed): who knows");
  }

  @Test
  void aDeadLetterQueueThatCannotBeUsedRollsBack() {
    delivered("1").reject("x");
    link.failNext("produce", new MessagingException(ErrorCode.ACCESS_REFUSED, "no right"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("dead letter's queue cannot be used: no right");
    released(link.consumer());
  }

  @Test
  void aLostLinkRollsBackAndItsDeliveriesComeAgain() {
    delivered("1");
    producer.send(Message.text("a"));
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("was lost since the unit of work began");
    assertThat(backend.link(1).producer(OUT).sent).isEmpty();
    session.commit();
  }

  @Test
  void theDeadLetterOfAUnitThatComesAgainIsNotSentOverTheNextLink() {
    link.confirms = false;
    delivered("1").reject("x");
    List<Throwable> outcome = new ArrayList<>();
    Thread committer = Eventually.waiting(() -> outcome.add(catchThrowable(session::commit)));
    Eventually.until("the letter is sent", () -> link.calls.contains("send 1"));
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("the commit ends", () -> !committer.isAlive());
    assertThat(outcome).singleElement().isInstanceOf(SendInDoubtException.class);
    assertThat(backend.link(1).producer(Queue.of("q.dlq")).sent).isEmpty();
  }

  @Test
  void aSessionIsForOneThreadAtATime() throws Exception {
    Thread receiver =
        Eventually.waiting(() -> assertThatThrownBy(() -> consumer.receive(LONG)).isNotNull());
    assertThatThrownBy(session::commit)
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ILLEGAL_USE))
        .hasMessageContaining("in use by thread");
    session.close();
    receiver.join(10_000);
    assertThat(receiver.isAlive()).isFalse();
  }

  @Test
  void closingRollsBackAndEndsAllThatItMade() {
    Delivery delivery = delivered("1");
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    session.close();
    session.close();
    assertThat(sent).isCompletedExceptionally();
    assertThat(delivery.settled()).isTrue();
    assertThat(link.consumer().settled).containsExactly("RELEASE 1");
    assertThat(link.consumer().closed).isTrue();
    assertThat(link.producer(OUT).closed).isTrue();
    assertThatThrownBy(session::commit)
        .isInstanceOf(ClosedException.class)
        .hasMessage("The session is closed");
    assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> producer.send(Message.text("b"))).isInstanceOf(ClosedException.class);
  }

  @Test
  void aClosedProducerKeepsWhatItHasTakenForTheCommit() {
    producer.send(Message.text("a"));
    producer.close();
    assertThatThrownBy(() -> producer.send(Message.text("b")))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("queue 'out'");
    session.commit();
    assertThat(sent()).containsExactly("a");
  }

  @Test
  void aSubscriptionOfASessionIsRemovedByUnsubscribe() {
    var subscription = session.subscribe(Topic.of("t"), SubscriptionOptions.durable("s"));
    assertThat(subscription.name()).contains("s");
    link.consumer().deliver("1");
    assertThat(subscription.receiveNoWait()).isPresent();
    subscription.unsubscribe();
    assertThat(link.calls).contains("unsubscribe topic:t s");
    assertThat(link.consumers.get(link.consumers.size() - 1).closed).isTrue();
    consumer.close();
    assertThat(link.consumers).allMatch(each -> each.closed);
  }

  @Test
  void concurrencyIsRefused() {
    assertThatThrownBy(
            () -> session.createConsumer(IN, ConsumerOptions.builder().concurrency(2).build()))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void closingTheConnectionRollsBack() {
    delivered("1");
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    connection.close();
    assertThat(sent).isCompletedExceptionally();
    assertThat(link.consumer().settled).containsExactly("RELEASE 1");
    assertThatThrownBy(connection::createSession).isInstanceOf(ClosedException.class);
  }

  @Test
  void whatOtherConsumersHoldComesAgainWhenOneIsLost() {
    Consumer other = session.createConsumer(IN, AT_ONCE);
    FakeConsumer stays = link.consumer();
    delivered("1", other);
    link.consumers.get(0).deliver("2");
    assertThat(consumer.receive(LONG)).isPresent();
    producer.send(Message.text("a"));
    consumer.close();
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("was lost since the unit of work began");
    assertThat(stays.settled).containsExactly("RELEASE 1");
  }

  /** The sends are done, and then a consumer is gone: the deliveries of the others come again. */
  @Test
  void whatOtherConsumersHoldComesAgainWhenOneIsLostBehindTheSends() throws Exception {
    Consumer other = session.createConsumer(IN, AT_ONCE);
    FakeConsumer stays = link.consumer();
    delivered("1", other);
    link.consumers.get(0).deliver("2");
    assertThat(consumer.receive(LONG)).isPresent();
    producer.send(Message.text("a"));
    link.confirms = false;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread committing = Eventually.waiting(() -> failure.set(catchThrowable(session::commit)));
    Eventually.until("sent", () -> !sent().isEmpty());
    consumer.close();
    link.producer(OUT).last().confirmed();
    committing.join(10_000);
    assertThat(failure.get())
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("The sends are done, but a consumer was lost");
    assertThat(stays.settled).containsExactly("RELEASE 1");
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCloseDoesNotWaitForAStageOfWhatItDrops() {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Boolean> stage =
        producer
            .sendAsync(Message.text("a"))
            .handle((done, failure) -> awaited(release) && failure != null);
    session.close();
    assertThat(stage).as("the stage blocks, and the close has ended").isNotDone();
    release.countDown();
    assertThat(stage).succeedsWithin(LONG).isEqualTo(true);
  }

  @Test
  void aCommitThatBreaksLeavesNothingUndecided() {
    link.consumerMaker = Breaking::new;
    Consumer broken = session.createConsumer(IN, AT_ONCE);
    delivered("1", broken);
    FakeConsumer first = link.consumer();
    link.consumerMaker = FakeConsumer::new;
    Consumer other = session.createConsumer(IN, AT_ONCE);
    delivered("2", other);
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("a defect: java.lang.IllegalStateException: settled badly");
    assertThat(sent).isCompletedExceptionally();
    assertThat(first.settled).as("it may have been accepted").isEmpty();
    assertThat(link.consumer().settled).containsExactly("RELEASE 2");
    session.commit();
  }

  @Test
  void aCommitThatBreaksBeforeItBeginsRollsBack() {
    Delivery rejected = delivered("1");
    rejected.reject("x");
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    link.failNext("produce", new IllegalStateException("made badly"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("made badly");
    assertThat(sent).isCompletedExceptionally();
    assertThat(sent()).isEmpty();
    released(link.consumer());
  }

  @Test
  void aRolledBackUnitComesAgainInItsOrder() {
    for (RedeliveryDelay delay :
        List.of(RedeliveryDelay.NONE, RedeliveryDelay.constant(Duration.ofSeconds(2)))) {
      Consumer own =
          session.createConsumer(IN, ConsumerOptions.builder().redeliveryDelay(delay).build());
      link.consumer().releases = false; // so that the core delivers again
      List.of("1", "2", "3", "4", "5").forEach(link.consumer()::deliver);
      assertThat(texts(own, 3)).containsExactly("1", "2", "3");
      session.rollback();
      if (!delay.equals(RedeliveryDelay.NONE)) {
        assertThat(texts(own, 2)).containsExactly("4", "5");
        assertThat(texts(own, 3)).containsExactly("1", "2", "3");
      } else {
        assertThat(texts(own, 5)).containsExactly("1", "2", "3", "4", "5");
      }
      session.commit();
      own.close();
    }
  }

  private static List<String> texts(Consumer from, int count) {
    return IntStream.range(0, count)
        .mapToObj(any -> from.receive(LONG).orElseThrow().message().text())
        .toList();
  }

  @Test
  void whatIsMadeWhileTheSessionClosesIsClosedWithIt() throws Exception {
    for (String made : List.of("consume", "produce")) {
      Session closing = connection.createSession();
      CountDownLatch making = new CountDownLatch(1);
      CountDownLatch closed = new CountDownLatch(1);
      link.before(
          made,
          () -> {
            making.countDown();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
          });
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread maker =
          new Thread(
              () ->
                  failure.set(
                      catchThrowable(
                          () -> {
                            if (made.equals("produce")) {
                              closing.createProducer(OUT);
                            } else {
                              closing.createConsumer(IN, ConsumerOptions.DEFAULT);
                            }
                          })));
      maker.start();
      assertThat(making.await(10, TimeUnit.SECONDS)).isTrue();
      closing.close();
      closed.countDown();
      maker.join(10_000);
      assertThat(failure.get()).isInstanceOf(ClosedException.class);
    }
    assertThat(link.consumer().closed).isTrue();
    assertThat(link.producer(OUT).closed).isTrue();
  }

  /** One whose adapter fails when it is to settle. */
  private static final class Breaking extends FakeConsumer {
    Breaking(ConsumerRequest request, DeliverySink sink) {
      super(request, sink);
    }

    @Override
    public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
      throw new IllegalStateException("settled badly");
    }
  }

  private List<FakeProducer> openReplies() {
    return link.producers.stream()
        .filter(each -> !each.closed && each.destination.name().startsWith("reply"))
        .toList();
  }

  private void sendAndClose(String reply) {
    Producer one = session.createProducer(Queue.of(reply));
    one.send(Message.text("r"));
    one.close();
    one.close();
  }

  /** A session may live long, and have a producer for each of its replies. */
  @Test
  void closedProducersEndWithTheUnitThatHoldsTheirSends() {
    for (Runnable end : List.<Runnable>of(session::commit, session::rollback)) {
      List.of("reply.1", "reply.2", "reply.3").forEach(this::sendAndClose);
      assertThat(openReplies()).as("their sends are to be committed").hasSize(3);
      end.run();
      assertThat(openReplies()).isEmpty();
    }
    assertThat(link.producer(Queue.of("reply.1")).texts()).as("rolled back").isEmpty();
    assertThat(link.producer(OUT).closed).isFalse();
    link.lose(new ConnectionLostException("cut"));
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    assertThat(backend.link(1).producers).extracting(each -> each.destination).containsExactly(OUT);
  }

  @Test
  void aClosedProducerWhoseSendsAreDoneEndsAtOnce() {
    Producer one = session.createProducer(Queue.of("reply.1"));
    one.send(Message.text("r"));
    session.commit();
    producer.send(Message.text("a"));
    assertThat(openReplies()).hasSize(1);
    one.close();
    assertThat(openReplies()).isEmpty();
    session.commit();
    assertThat(sent()).containsExactly("a");
  }
}
