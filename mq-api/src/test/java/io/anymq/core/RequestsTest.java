package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ConnectionLostException;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.SendInDoubtException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests and replies, the producers that are kept, temporary queues. */
class RequestsTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeBackend backend = new FakeBackend();

  private final List<String> events = new CopyOnWriteArrayList<>();

  private final CoreConnection connection =
      backend.connect(
          FakeBackend.quick(),
          (about, state, cause) -> events.add(state + (cause == null ? "" : " " + cause.code())));

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close();
  }

  private static void cut(FakeLink link) {
    link.lose(new ConnectionLostException("cut"));
  }

  @Test
  void messagesGoThroughTheProducerThatIsKept() {
    assertThat(connection.send(QUEUE, Message.text("1")).id()).isPresent();
    assertThat(connection.sendAsync(QUEUE, Message.text("2"))).succeedsWithin(LONG);
    assertThat(link.producers).hasSize(1);
    assertThat(link.producer(QUEUE).texts()).containsExactly("1", "2");
    connection.kept(QUEUE).close();
    connection.send(QUEUE, Message.text("3"));
    assertThat(link.producers).hasSize(2);
    link.failNext("produce", new DestinationNotFoundException("gone"));
    assertThatThrownBy(() -> connection.send(Queue.of("x"), Message.text("3")))
        .isInstanceOf(DestinationNotFoundException.class);
    connection.send(Queue.of("x"), Message.text("4"));
    assertThat(link.producer(Queue.of("x")).texts()).containsExactly("4");
  }

  @Test
  void ofTheKeptProducersTheOneUnusedForLongestGoes() {
    Destination first = Queue.of("q0");
    for (int i = 0; i < 64; i++) {
      connection.send(Queue.of("q" + i), Message.text("x"));
    }
    connection.send(first, Message.text("x"));
    connection.send(Queue.of("q64"), Message.text("x"));
    Eventually.until("one is closed", () -> link.producers.stream().anyMatch(each -> each.closed));
    assertThat(link.producers.stream().filter(each -> each.closed))
        .extracting(each -> each.destination)
        .containsExactly(Queue.of("q1"));
  }

  @Test
  void aRequestGetsItsReply() {
    CompletableFuture<Message> reply = connection.requestAsync(QUEUE, Message.text("ask"), LONG);
    Message asked = link.producer(QUEUE).last().message();
    Queue address = (Queue) asked.replyTo().orElseThrow();
    assertThat(link.calls).contains("temporary " + address);
    link.consumer().deliver(new FakeDelivery(Requests.answerTo(asked, Message.text("answer"))));
    assertThat(reply).succeedsWithin(LONG).extracting(Message::text).isEqualTo("answer");
    CompletableFuture<Message> second =
        CompletableFuture.supplyAsync(() -> connection.request(QUEUE, Message.text("ask 2"), LONG));
    Eventually.until("asked", () -> link.producer(QUEUE).sent.size() == 2);
    Message again = link.producer(QUEUE).last().message();
    assertThat(again.replyTo()).as("one address for all").contains(address);
    link.consumer().deliver(new FakeDelivery(Requests.answerTo(again, Message.text("b"))));
    assertThat(second).succeedsWithin(LONG);
    link.consumer().deliver(new FakeDelivery(Requests.answerTo(again, Message.text("late"))));
    Eventually.until(
        "what nobody waits for is dropped",
        () -> String.join(" ", link.consumer().settled).contains("late"));
  }

  @Test
  void aReplyThatDoesNotComeIsATimeout() {
    assertThatThrownBy(() -> connection.request(QUEUE, Message.text("a"), Duration.ofMillis(20)))
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("No reply from queue 'q' within 20 ms");
    assertThat(connection.requestAsync(QUEUE, Message.text("a"), Duration.ofMillis(20)))
        .failsWithin(LONG)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(MessagingTimeoutException.class);
  }

  @Test
  void aRequestThatCannotBeSentFails() {
    link.failNext("send", new io.anymq.QueueFullException("full"));
    assertThatThrownBy(() -> connection.request(QUEUE, Message.text("a"), LONG))
        .isInstanceOf(io.anymq.QueueFullException.class);
    Message own = Message.text("a").toBuilder().replyTo(QUEUE).build();
    assertThatThrownBy(() -> connection.request(QUEUE, own, LONG))
        .isInstanceOf(InvalidMessageException.class);
    Message key = Message.text("a").toBuilder().correlationId("k").build();
    var first = connection.requestAsync(QUEUE, key, LONG);
    assertThatThrownBy(() -> connection.requestAsync(QUEUE, key, LONG))
        .hasMessageContaining("'k' waits for its reply already");
    connection.close();
    assertThat(first).isCompletedExceptionally();
  }

  @Test
  void aReplyGoesWhereTheRequestSays() {
    Message request = Message.text("ask").toBuilder().id("7").replyTo(Queue.of("back")).build();
    connection.reply(request, Message.text("answer"));
    assertThat(link.producer(Queue.of("back")).last().message().correlationId()).contains("7");
    Message wrong = Message.text("x").toBuilder().correlationId("8").build();
    assertThatThrownBy(() -> connection.reply(request, wrong))
        .isInstanceOf(InvalidMessageException.class);
    assertThatThrownBy(() -> connection.reply(Message.text("x"), Message.text("y")))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("no reply-to");
  }

  @Test
  void aTemporaryQueueIsMadeAgainOnEachLinkUntilItIsDeleted() {
    Queue kept = connection.createTemporaryQueue();
    Queue deleted = connection.createTemporaryQueue();
    connection.delete(deleted);
    cut(link);
    FakeLink next = backend.link(1);
    Eventually.until("made again", () -> next.calls.contains("temporary " + kept));
    assertThat(next.calls).doesNotContain("temporary " + deleted);
    assertThatThrownBy(() -> connection.consumer(deleted, ConsumerOptions.DEFAULT, null))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("another connection's temporary queue");
    assertThatThrownBy(() -> connection.send(deleted, Message.text("x")))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageContaining("is gone");
    connection.consumer(kept, ConsumerOptions.DEFAULT, null);
    link.failNext("temporary", new MessagingException(ErrorCode.BACKEND_FAILURE, "no"));
  }

  private static Message keyed(String key) {
    return Message.text("ask").toBuilder().correlationId(key).build();
  }

  private static AtomicReference<Throwable> failing(Runnable call) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread caller = new Thread(() -> failure.set(catchThrowable(call::run)), "asks");
    caller.setDaemon(true);
    caller.start();
    return failure;
  }

  private void replies(CompletableFuture<Message> request) {
    Message asked = link.producer(QUEUE).last().message();
    link.consumer().deliver(new FakeDelivery(Requests.answerTo(asked, Message.text("answer"))));
    assertThat(request).succeedsWithin(LONG).extracting(Message::text).isEqualTo("answer");
  }

  @Test
  void anInterruptedRequestMayHaveBeenSentAndCanBeMadeAgain() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread asking =
        new Thread(
            () -> {
              failure.set(catchThrowable(() -> connection.request(QUEUE, keyed("k"), LONG)));
              flag.set(Thread.interrupted());
            });
    asking.start();
    Eventually.until(
        "asked", () -> link.producers.size() == 1 && link.producer(QUEUE).sent.size() == 1);
    asking.interrupt();
    Eventually.until("the request ends", () -> !asking.isAlive());
    assertThat(failure.get())
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("the request may be handled");
    assertThat(flag).isTrue();
    replies(connection.requestAsync(QUEUE, keyed("k"), LONG));
  }

  @Test
  void aRequestWhoseFutureIsCancelledCanBeMadeAgain() {
    assertThat(connection.requestAsync(QUEUE, keyed("k"), LONG).cancel(false)).isTrue();
    CompletableFuture<Message> second = connection.requestAsync(QUEUE, keyed("k"), LONG);
    assertThat(second.complete(Message.text("mine"))).isTrue();
    replies(connection.requestAsync(QUEUE, keyed("k"), LONG));
  }

  /** Has the first request wait for its way back until the latch is down. */
  private CompletableFuture<Message> waitingForItsAddress(CountDownLatch release) {
    CountDownLatch making = new CountDownLatch(1);
    link.before(
        "temporary",
        () -> {
          making.countDown();
          assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        });
    CompletableFuture<Message> first =
        CompletableFuture.supplyAsync(() -> connection.request(QUEUE, keyed("first"), LONG));
    Eventually.until("the address is being made", () -> making.getCount() == 0);
    return first;
  }

  @Test
  void aRequestDoesNotOutlastItsTimeBehindAnotherThatMakesTheAddress() {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Message> first = waitingForItsAddress(release);
    AtomicReference<Throwable> late =
        failing(() -> connection.request(QUEUE, keyed("late"), Duration.ofMillis(20)));
    AtomicReference<Throwable> interrupted = new AtomicReference<>();
    Thread asking =
        Eventually.waiting(
            () ->
                interrupted.set(
                    catchThrowable(() -> connection.request(QUEUE, keyed("other"), LONG))));
    asking.interrupt();
    try {
      Eventually.until("both end", () -> late.get() != null && interrupted.get() != null);
    } finally {
      release.countDown();
    }
    assertThat(late.get())
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("within 20 ms; the request was not sent");
    assertThat(interrupted.get())
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    Eventually.until(
        "asked", () -> link.producers.size() == 1 && link.producer(QUEUE).sent.size() == 1);
    replies(first);
  }

  @Test
  void anAddressWhoseMakerIsInterruptedIsMadeByTheNext() {
    CountDownLatch release = new CountDownLatch(1);
    link.failNext("temporary", new MessagingException(ErrorCode.INTERRUPTED, "interrupted"));
    CompletableFuture<Message> first = waitingForItsAddress(release);
    CompletableFuture<Message> second = new CompletableFuture<>();
    Thread asking =
        Eventually.waiting(() -> second.complete(connection.request(QUEUE, keyed("second"), LONG)));
    release.countDown();
    assertThat(first).failsWithin(LONG);
    Eventually.until(
        "asked", () -> link.producers.size() == 1 && link.producer(QUEUE).sent.size() == 1);
    replies(second);
    Eventually.until("it returns", () -> !asking.isAlive());
  }
}
