package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ClosedException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.SendInDoubtException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoreProducerTest {

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

  @Test
  void whatIsConfirmedIsReturnedAsItWasSent() {
    Producer producer = producer(4, LONG);
    assertThat(producer.destination()).isEqualTo(QUEUE);
    Message sent = producer.send(Message.text("m"));
    assertThat(sent.text()).isEqualTo("m");
    assertThat(sent.id()).isPresent();
    assertThat(sink().last().message()).isSameAs(sent);
    assertThat(sink().last().origin()).isEmpty();
    assertThat(sink().last().repeated()).isFalse();
    assertThat(producer.sendAsync(Message.text("n"))).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aRefusalIsTheFailureOfItsSendAndFreesItsRoom() {
    Producer producer = producer(1, LONG);
    link.failNext("send", new QueueFullException("full"));
    assertThatThrownBy(() -> producer.send(Message.text("m")))
        .isInstanceOf(QueueFullException.class);
    assertThat(producer.send(Message.text("n")).text()).isEqualTo("n");
  }

  @Test
  void whatTheCoreSendsForItselfDoesNotWaitForStagesOfTheApplication() {
    CoreProducer producer = (CoreProducer) producer(2, LONG);
    link.confirms = false;
    CompletableFuture<Message> held = producer.sendHeld(Message.text("m"), Optional.empty());
    assertThat(held).isNotDone();
    sink().last().confirmed();
    assertThat(held).as("at once, on the thread that confirms").isCompleted();
  }

  @Test
  void anAdapterThatBreaksLeavesTheSendInDoubt() {
    Producer producer = producer(1, LONG);
    link.failNext("send", new IllegalStateException("a defect"));
    assertThatThrownBy(() -> producer.send(Message.text("m")))
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("a defect");
  }

  @Test
  void aFullWindowIsNamed() {
    link.confirms = false;
    CoreProducer producer =
        connection.createProducer(
            QUEUE, ProducerOptions.builder().window(1).sendTimeout(LONG).build());
    CompletableFuture<Message> first = producer.sendAsync(Message.text("1"));
    assertThatThrownBy(() -> producer.sendAdmitted(Message.text("2"), Duration.ofMillis(2)))
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("window of 1")
        .hasMessageContaining("queue 'q'")
        .hasMessageContaining("2 ms");
    assertThat(sink().texts()).containsExactly("1");
    sink().last().confirmed();
    assertThat(first).succeedsWithin(Duration.ofSeconds(10));
    link.confirms = true;
    assertThat(producer.send(Message.text("3")).text()).isEqualTo("3");
  }

  @Test
  void aSendThatIsNotConfirmedInTimeIsInDoubt() {
    link.confirms = false;
    assertThatThrownBy(() -> producer(1, Duration.ofSeconds(1)).send(Message.text("m")))
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("was not confirmed within 1 s");
  }

  @Test
  void anInterruptLeavesTheSendInDoubtAndTheFlagSet() {
    link.confirms = false;
    Producer producer = producer(2, LONG);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread sender =
        Eventually.waiting(
            () -> {
              try {
                producer.send(Message.text("m"));
              } catch (MessagingException e) {
                seen.set(Thread.interrupted() ? e : new AssertionError("the flag is lost"));
              }
            });
    Eventually.until("sent", () -> sink().sent.size() == 1);
    sender.interrupt();
    Eventually.until("the sender returns", () -> seen.get() != null);
    assertThat(seen.get()).isInstanceOf(SendInDoubtException.class);
  }

  @Test
  void anInterruptEndsTheWaitForRoom() {
    link.confirms = false;
    Producer producer = producer(1, LONG);
    var unused = producer.sendAsync(Message.text("1"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> producer.sendAsync(Message.text("2")))
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(sink().texts()).containsExactly("1");
  }

  @Test
  void flushWaitsForEverySend() {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    producer.flush(Duration.ZERO);
    var unused = producer.sendAsync(Message.text("1"));
    assertThatThrownBy(() -> producer.flush(Duration.ofMillis(2)))
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("unconfirmed after 2 ms");
    Thread flusher = Eventually.waiting(() -> producer.flush(LONG));
    sink().last().confirmed();
    Eventually.until("flush returns", () -> !flusher.isAlive());
  }

  @Test
  void aStageMayFlushAndSend() {
    Producer producer = producer(1, LONG);
    CompletableFuture<Message> second =
        producer
            .sendAsync(Message.text("1"))
            .thenCompose(
                sent -> {
                  producer.flush(LONG);
                  return producer.sendAsync(Message.text("2"));
                });
    assertThat(second).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void closingWaitsForWhatIsUnconfirmed() {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    Thread closer = Eventually.waiting(producer::close);
    assertThat(sink().closed).isFalse();
    sink().last().confirmed();
    Eventually.until("close returns", () -> !closer.isAlive());
    assertThat(send).isCompleted();
    assertThat(sink().closed).isTrue();
    assertThatThrownBy(() -> producer.send(Message.text("2")))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("producer for queue 'q' is closed");
    producer.close();
  }

  @Test
  void whatIsStillUnconfirmedThenIsInDoubt() throws Exception {
    link.confirms = false;
    CoreProducer producer = connection.createProducer(QUEUE, ProducerOptions.DEFAULT);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    producer.close(Deadline.now());
    assertThat(producer.isClosed()).isTrue();
    assertThat(failure(send))
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("the producer was closed");
  }

  @Test
  void anInterruptWhileItClosesDoesNotShortenAClose() throws Exception {
    link.confirms = false;
    Producer producer = producer(4, LONG);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("1"));
    AtomicReference<Object> seen = new AtomicReference<>();
    Thread closer =
        Eventually.waiting(
            () -> {
              try {
                producer.close();
                seen.set("closed, interrupted: " + Thread.currentThread().isInterrupted());
              } catch (MessagingException e) {
                seen.set(e);
              }
            });
    closer.interrupt();
    closer.join(100); // a close that is cut short ends
    assertThat(sink().closed).as("closed with an unconfirmed send").isFalse();
    sink().last().confirmed();
    Eventually.until("close returns", () -> seen.get() != null);
    assertThat(seen.get()).isEqualTo("closed, interrupted: true");
    assertThat(send).isCompleted();
    assertThat(sink().closed).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends one whose stage waits for a latch, on the thread that completes it. */
  private void sendWithSlowStage(Producer producer, CountDownLatch release) {
    var unused = producer.sendAsync(Message.text("m")).thenRun(() -> await(release));
    sink().last().confirmed();
  }

  @Test
  void anInterruptedWaitForSlowStagesTakesNoRoomAway() {
    link.confirms = false;
    Producer producer = producer(1, LONG);
    CountDownLatch release = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      sendWithSlowStage(producer, release);
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> producer.sendAsync(Message.text("5")))
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
    release.countDown();
    link.confirms = true;
    assertThat(producer.send(Message.text("6")).text()).isEqualTo("6");
    assertThat(sink().texts()).doesNotContain("5");
  }

  /** Has the producer reopened, which lasts until the latch is down. */
  private void reopen(CountDownLatch release) {
    CountDownLatch opening = new CountDownLatch(1);
    link.before(
        "produce",
        () -> {
          opening.countDown();
          await(release);
        });
    sink().listener.broken(new QueueFullException("broke"));
    await(opening);
  }

  private static AtomicReference<Throwable> failureOf(Runnable call) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread caller = new Thread(() -> failure.set(catchThrowable(call::run)), "sends");
    caller.setDaemon(true);
    caller.start();
    return failure;
  }

  @Test
  void aSendDoesNotOutlastItsTimeBehindAReopening() {
    Producer producer = producer(1, Duration.ofMillis(500));
    CountDownLatch release = new CountDownLatch(1);
    reopen(release);
    AtomicReference<Throwable> failure = failureOf(() -> producer.send(Message.text("1")));
    try {
      Eventually.until("the send ends", () -> failure.get() != null);
    } finally {
      release.countDown();
    }
    assertThat(failure.get())
        .isInstanceOf(MessagingTimeoutException.class)
        .hasMessageContaining("held up for 500 ms")
        .hasMessageContaining("not sent");
    Eventually.until("reopened", () -> link.producers.size() == 2);
    Eventually.until("a send goes through", () -> sends(producer));
    assertThat(sink().texts()).doesNotContain("1");
  }

  private static boolean sends(Producer producer) {
    try {
      return producer.send(Message.text("2")).text().equals("2");
    } catch (MessagingException e) {
      return false; // the machine may be busy for longer than the time-out of this producer
    }
  }

  @Test
  void anInterruptEndsTheWaitBehindAReopening() {
    Producer producer = producer(1, LONG);
    CountDownLatch release = new CountDownLatch(1);
    reopen(release);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread sender =
        Eventually.waiting(
            () -> failure.set(catchThrowable(() -> producer.send(Message.text("1")))));
    sender.interrupt();
    try {
      Eventually.until("the send ends", () -> failure.get() != null);
    } finally {
      release.countDown();
    }
    assertThat(failure.get())
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(producer.send(Message.text("2")).text()).isEqualTo("2");
    assertThat(sink().texts()).doesNotContain("1");
  }
}
