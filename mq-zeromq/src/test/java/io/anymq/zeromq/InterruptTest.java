package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.Topic;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An interrupt ends the call of the thread that was interrupted, tells the truth about what was
 * done, and disturbs nobody else on the connection.
 */
@ParameterizedClass
@ValueSource(strings = {"tcp://127.0.0.1:0", "inproc://interrupts"})
class InterruptTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final Topic TOPIC = Topic.of("prices");

  @Parameter String address = "";
  private ZeroMqHub hub;
  private ZeroMqLink link;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind(address).start();
    link = Links.connect(hub.url());
    link.declare(QUEUE, QueueOptions.DEFAULT);
    link.declare(TOPIC, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    boolean unused = Thread.interrupted();
    link.close(Links.LIMIT);
    hub.close();
  }

  /** Calls on an interrupted thread: the flag is there afterwards, and the link works on. */
  private Throwable interrupted(ThrowingCallable call) {
    Thread.currentThread().interrupt();
    Throwable failure;
    boolean kept;
    try {
      failure = catchThrowable(call);
    } finally {
      kept = Thread.interrupted();
    }
    assertThat(kept).as("the flag of the interrupted thread").isTrue();
    Links.send(link, QUEUE, "marker");
    link.purge(QUEUE);
    return failure;
  }

  private void endsInterrupted(ThrowingCallable call) {
    assertThat(interrupted(call))
        .isInstanceOfSatisfying(
            MessagingException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERRUPTED));
  }

  private static void commit(ZeroMqLink link) {
    link.commit(List.of(new AtomicCommit.Send(QUEUE, Message.text("unit"))), List.of());
  }

  @Test
  void questionsEndInterrupted() {
    endsInterrupted(() -> link.declare(Queue.of("another"), QueueOptions.DEFAULT));
    endsInterrupted(() -> link.declare(QUEUE, QueueOptions.builder().prioritized(true).build()));
    endsInterrupted(() -> link.exists(QUEUE));
    endsInterrupted(() -> link.depth(QUEUE));
    endsInterrupted(() -> link.purge(QUEUE));
    endsInterrupted(() -> link.browse(QUEUE));
    endsInterrupted(() -> link.unsubscribe(TOPIC, "none"));
    endsInterrupted(() -> link.delete(Queue.of("another")));
    endsInterrupted(() -> link.declareTemporary(Queue.of("temporary")));
    endsInterrupted(() -> link.openConsumer(Links.from(QUEUE, 1), new Inbox()));
    endsInterrupted(() -> Links.connect(hub.url()));
  }

  @Test
  void aSubscriptionOfAnInterruptedThreadIsNotHeld() {
    Source.Terms terms = new Source.Terms(Optional.of("s"), true, false);
    for (int i = 0; i < 10; i++) {
      endsInterrupted(() -> link.openConsumer(Links.durable(TOPIC, "s", 1), new Inbox()));
    }
    assertThat(terms.name()).contains("s");
    link.openConsumer(Links.durable(TOPIC, "s", 1), new Inbox()).close();
  }

  @Test
  void aCommitOnAnInterruptedThreadTellsTheTruth() {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      Throwable failure = catchThrowable(() -> commit(link));
      assertThat(Thread.interrupted()).isTrue();
      boolean stored = Links.stored(link, QUEUE) > 0;
      if (!(failure instanceof SendInDoubtException)) {
        assertThat(failure).isInstanceOf(MessagingException.class);
        assertThat(stored).as("a unit of which '%s' was said is stored", failure).isFalse();
      }
      link.purge(QUEUE);
    }
  }

  @Test
  void aSessionsCommitOnAnInterruptedThreadTellsTheTruth() {
    try (Connection connection = ConnectionFactory.of(hub.url()).connect()) {
      for (int i = 0; i < 10; i++) {
        var session = connection.createSession();
        session.createProducer(QUEUE).send(Message.text("unit"));
        Thread.currentThread().interrupt();
        Throwable failure = catchThrowable(session::commit);
        assertThat(Thread.interrupted()).isTrue();
        session.close();
        assertThat(failure).isInstanceOf(MessagingException.class);
        if (failure instanceof RolledBackException) {
          assertThat(Links.stored(link, QUEUE)).as("what was rolled back is stored").isZero();
        }
        link.purge(QUEUE);
      }
    }
  }

  @Test
  void anInterruptDuringTheWaitTellsTheTruth() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    CompletableFuture<Void> interrupter =
        CompletableFuture.runAsync(
            () -> {
              while (caller.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
              caller.interrupt();
            });
    // The I/O thread is kept from sending, so that the commit waits.
    link.loop().submit(protocol -> awaitQuietly(held));
    Throwable failure = catchThrowable(() -> commit(link));
    assertThat(Thread.interrupted()).isTrue();
    held.countDown();
    interrupter.join();
    assertThat(failure).isInstanceOf(MessagingException.class);
    if (!(failure instanceof SendInDoubtException)) {
      assertThat(Links.stored(link, QUEUE)).isZero();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(10, java.util.concurrent.TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closingOnAnInterruptedThreadIsInOrder() {
    LinkConsumer consumer = link.openConsumer(Links.durable(TOPIC, "s", 1), new Inbox());
    assertThat(interrupted(consumer::close)).isNull();
    link.unsubscribe(TOPIC, "s"); // fails when the hub has not closed the consumer
    ZeroMqLink other = Links.connect(hub.url());
    other.openConsumer(Links.durable(TOPIC, "t", 1), new Inbox());
    assertThat(interrupted(() -> other.close(Links.LIMIT))).isNull();
    link.unsubscribe(TOPIC, "t");
  }

  @Test
  void aHubStartsAndClosesOnAnInterruptedThread() {
    assertThat(
            interrupted(
                () -> {
                  try (ZeroMqHub another = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start()) {
                    assertThat(another.url()).startsWith("zeromq:tcp:");
                  }
                }))
        .isNull();
  }

  @Test
  void consumersOfOthersGoOn() {
    try (Connection connection = ConnectionFactory.of(hub.url()).connect();
        Consumer consumer = connection.createConsumer(QUEUE)) {
      for (int i = 0; i < 10; i++) {
        Thread.currentThread().interrupt();
        Throwable failure = catchThrowable(() -> connection.depth(QUEUE));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(MessagingException.class);
        connection.send(QUEUE, Message.text("after " + i));
        assertThat(consumer.receive(Duration.ofSeconds(10)).orElseThrow().message().text())
            .isEqualTo("after " + i);
      }
    }
  }
}
