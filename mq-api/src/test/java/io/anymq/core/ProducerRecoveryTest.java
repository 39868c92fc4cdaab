package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.SendInDoubtException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A producer whose link, destination or native counterpart is lost, and how it ends. */
class ProducerRecoveryTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Duration LONG = Duration.ofSeconds(30);

  private final FakeBackend backend = new FakeBackend();

  private final CoreConnection connection = backend.connect();

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close(Duration.ofMillis(200));
  }

  private Producer producer(int window, Duration sendTimeout) {
    return connection.createProducer(
        QUEUE, ProducerOptions.builder().window(window).sendTimeout(sendTimeout).build());
  }

  private FakeProducer sink() {
    return link.producer(QUEUE);
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      return new AssertionError("completed with " + future.get(10, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  private static void cancelLink(FakeLink link) {
    link.lose(new ConnectionLostException("cut"));
  }

  @Test
  void aSendThatFindsNoLinkInTimeWasNotSent() {
    Producer producer = producer(1, Duration.ofSeconds(1));
    refuseToReconnect();
    cancelLink(link);
    leftBehind();
    assertThatThrownBy(() -> producer.send(Message.text("m")))
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("was not sent within 1 s");
  }

  private void refuseToReconnect() {
    for (int i = 0; i < 10_000; i++) {
      backend.refusals.add(new ConnectionLostException("not yet"));
    }
  }

  /** Producers have let go of a link before it is closed. */
  private void leftBehind() {
    Eventually.until("the lost link is closed", () -> link.calls.contains("close link"));
  }

  @Test
  void whatIsUnconfirmedGoesToTheNextLinkInItsOrderAndSaysSo() {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> first = producer.sendAsync(Message.text("1"));
    CompletableFuture<Message> second = producer.sendAsync(Message.text("2"));
    sink().sent.get(0).confirmed();
    cancelLink(link);
    assertThat(second).succeedsWithin(Duration.ofSeconds(10));
    assertThat(first).isCompleted();
    FakeProducer next = backend.link(1).producer(QUEUE);
    assertThat(next.texts()).containsExactly("2");
    assertThat(next.last().repeated()).isTrue();
  }

  @Test
  void aRefusalOnALaterLinkSaysNothingOfTheEarlierOne() throws Exception {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.failNext("send", new QueueFullException("full"));
          return next;
        };
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    cancelLink(link);
    assertThat(failure(send)).isInstanceOf(SendInDoubtException.class).hasMessageContaining("full");
  }

  @Test
  void aSendThatMeetsALostLinkGoesToTheNext() {
    Producer producer = producer(4, LONG);
    link.failNext("send", new ConnectionLostException("cut"));
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    assertThat(send).isNotDone();
    cancelLink(link);
    assertThat(send).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aDestinationThatWasDeletedIsMadeAgainOnce() throws Exception {
    Producer producer = producer(4, LONG);
    link.calls.clear();
    link.failNext("send", new DestinationNotFoundException("gone"));
    assertThat(producer.sendAsync(Message.text("1"))).succeedsWithin(Duration.ofSeconds(10));
    assertThat(link.calls).containsExactly("send 1", "declare queue:q", "send 1");
    assertThat(sink().last().repeated()).as("the backend said that it does not have it").isFalse();
    link.failNext("send", new DestinationNotFoundException("gone"));
    link.failNext("send", new DestinationNotFoundException("gone again"));
    assertThat(failure(producer.sendAsync(Message.text("2"))))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessage("gone again");
  }

  @Test
  void aDestinationThatCannotBeMadeAgainIsTheFailure() throws Exception {
    Producer producer = producer(4, LONG);
    link.failNext("send", new DestinationNotFoundException("gone"));
    link.failNext("declare", new QueueFullException("no more queues"));
    assertThat(failure(producer.sendAsync(Message.text("2"))))
        .isInstanceOf(QueueFullException.class);
  }

  @Test
  void aDestinationIsNotMadeWhereTheOptionsForbidIt() throws Exception {
    ProducerOptions fail =
        ProducerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    assertThatThrownBy(() -> connection.createProducer(Queue.of("none"), fail))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageContaining("queue 'none' does not exist");
    link.existing.add(Queue.of("there"));
    Producer producer = connection.createProducer(Queue.of("there"), fail);
    link.failNext("send", new DestinationNotFoundException("gone"));
    assertThat(failure(producer.sendAsync(Message.text("1"))))
        .isInstanceOf(DestinationNotFoundException.class);
    assertThat(link.calls).doesNotContain("declare queue:there");
  }

  @Test
  void aBrokenProducerIsReopenedOnTheSameLink() {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    FakeProducer broken = sink();
    link.confirms = true;
    broken.listener.broken(new QueueFullException("broke"));
    assertThat(send).succeedsWithin(Duration.ofSeconds(10));
    assertThat(sink()).isNotSameAs(broken);
    assertThat(sink().last().repeated()).isTrue();
    assertThat(backend.links).hasSize(1);
    producer.send(Message.text("2"));
    assertThat(broken.texts()).containsExactly("1");
  }

  @Test
  void aCloseSendsWhatIsUnderWayThroughAProducerThatIsOpenedAgain() {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    FakeProducer first = sink();
    first.listener.broken(new QueueFullException("broke"));
    Eventually.until("opened again", () -> sink() != first && sink().texts().size() == 1);
    FakeProducer second = sink();
    link.confirms = true;
    second.listener.broken(new QueueFullException("broke again"));
    second.listener.broken(new QueueFullException("said twice"));
    producer.close();
    assertThat(send).isCompleted();
    assertThat(link.producers).as("opened three times").hasSize(3);
  }

  @Test
  void whatWasNeverSentIsNotInDoubt() throws Exception {
    CoreProducer producer = connection.createProducer(QUEUE, ProducerOptions.DEFAULT);
    refuseToReconnect();
    cancelLink(link);
    leftBehind();
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    producer.close(Deadline.now());
    assertThat(failure(send)).isInstanceOf(ClosedException.class).hasMessageContaining("not sent");
  }

  @Test
  void anotherLinkOpensNoClosedProducer() {
    producer(4, LONG).close();
    cancelLink(link);
    Eventually.until(
        "recovered", () -> backend.links.size() == 2 && connection.state().name().equals("OPEN"));
    assertThat(backend.link(1).producers).isEmpty();
  }

  @Test
  void aProducerThatCannotBeReopenedSaysWhy() throws Exception {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.failNext(
              "produce", new MessagingException(ErrorCode.ACCESS_REFUSED, "may not write"));
          return next;
        };
    cancelLink(link);
    assertThat(failure(send))
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("may not write");
    assertThatThrownBy(() -> producer.send(Message.text("2")))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("has ended: may not write");
  }

  /** Has the next link do something before its first call of an operation. */
  private void onTheNextLink(String operation, FakeLink.Before what) {
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.before(operation, what);
          return next;
        };
  }

  private FakeProducer afterRecovery() {
    Eventually.until(
        "recovered", () -> backend.links.size() == 2 && connection.state().name().equals("OPEN"));
    return backend.link(1).producer(QUEUE);
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  /** The application may send it again by then, and it would come twice. */
  @Test
  void whatWasToldNotToBeSentIsNotSentOnTheNextLink() throws Exception {
    Producer producer = producer(4, Duration.ofSeconds(1));
    refuseToReconnect();
    cancelLink(link);
    leftBehind();
    CompletableFuture<Message> first = producer.sendAsync(Message.text("1"));
    CompletableFuture<Message> second = producer.sendAsync(Message.text("2"));
    onTheNextLink("send", () -> Eventually.until("the second has ended", second::isDone));
    backend.refusals.clear();
    assertThat(failure(second))
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("was not sent");
    assertThat(afterRecovery().texts()).doesNotContain("2");
    assertThat(first).isDone();
  }

  @Test
  void whatACloseHasEndedIsNotSentOnTheNextLink() throws Exception {
    CoreProducer producer = connection.createProducer(QUEUE, ProducerOptions.DEFAULT);
    refuseToReconnect();
    cancelLink(link);
    leftBehind();
    CompletableFuture<Message> first = producer.sendAsync(Message.text("1"));
    CompletableFuture<Message> second = producer.sendAsync(Message.text("2"));
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    onTheNextLink(
        "send",
        () -> {
          sending.countDown();
          await(closed);
        });
    backend.refusals.clear();
    await(sending);
    producer.close(Deadline.now());
    closed.countDown();
    assertThat(failure(first)).isInstanceOf(SendInDoubtException.class);
    assertThat(failure(second)).isInstanceOf(ClosedException.class);
    FakeProducer next = afterRecovery();
    assertThat(next.texts()).containsExactly("1");
    assertThat(next.closed).as("the close could not wait for it").isTrue();
  }

  @Test
  void aProducerThatIsClosedWhileItIsReopenedLeavesNothingOpen() throws Exception {
    CoreProducer producer = connection.createProducer(QUEUE, ProducerOptions.DEFAULT);
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    onTheNextLink(
        "produce",
        () -> {
          opening.countDown();
          await(closed);
        });
    cancelLink(link);
    await(opening);
    producer.close(Deadline.now());
    closed.countDown();
    assertThat(afterRecovery().closed).isTrue();
  }
}
