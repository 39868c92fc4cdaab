package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** SEND: what blocks in one place, and must not be felt in another. */
final class BlockingScenarios {

  static final String STAGES =
      "that the application's futures complete on threads that serve nobody else";

  private static final String UNITS =
      "on which thread a unit's futures complete, and what of the unit comes behind that";

  /** How many calls may be done before there is a stage behind them. */
  private static final int MOST_CALLS = 100;

  private BlockingScenarios() {}

  @Scenario(
      id = "SEND-50",
      title = "A stage behind an asynchronous send may block",
      intent = "What a program does with a confirmation is its own affair, and holds up nobody.")
  static void blockedStage(ScenarioContext t) throws InterruptedException {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Queue other = t.queue();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    t.onClose(release::countDown);
    Queue first = t.queue();
    CompletableFuture<Void> blocked =
        blockBehind(() -> connection.sendAsync(first, Message.text("0")), entered, release);
    Check.that(
        entered.await(Check.LIMIT.toMillis(), TimeUnit.MILLISECONDS),
        "the stage to run",
        "nothing",
        STAGES);
    CompletableFuture<Message> next = connection.sendAsync(queue, Message.text("1"));
    Check.completes(next, "the next send to the same queue", STAGES);
    Messages.sendNumbers(connection, other, 20);
    connection.declare(queue);
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("1", Messages.takeText(consumer), "what arrives", STAGES);
    Check.that(!blocked.isDone(), "a stage that still blocks", "its end", "this scenario");
    release.countDown();
    Check.completes(blocked, "the stage", STAGES);
  }

  /** Has a stage block behind a call, on a thread of the library's. */
  static CompletableFuture<Void> blockBehind(
      Supplier<CompletableFuture<Message>> call, CountDownLatch entered, CountDownLatch release) {
    return behind(
            call,
            message -> {
              block(entered, release);
              return message;
            })
        .thenAccept(unused -> {});
  }

  /**
   * Has a stage run behind a call, on a thread of the library's. A call that is done before its
   * stage is there would have it run on this thread, which shows nothing; then there is another
   * call. Where every call is done at once, the last one's stage runs here.
   */
  static <T> CompletableFuture<T> behind(
      Supplier<CompletableFuture<Message>> call, Function<Message, T> stage) {
    Thread caller = Thread.currentThread();
    for (int i = 1; i < MOST_CALLS; i++) {
      AtomicBoolean here = new AtomicBoolean();
      CompletableFuture<T> result =
          call.get()
              .thenCompose(
                  message -> {
                    here.set(Thread.currentThread() == caller);
                    return here.get()
                        ? new CompletableFuture<T>()
                        : CompletableFuture.completedFuture(stage.apply(message));
                  });
      if (!here.get()) {
        return result;
      }
    }
    return call.get().thenApply(stage);
  }

  private static void block(CountDownLatch entered, CountDownLatch release) {
    entered.countDown();
    try {
      boolean unused = release.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Scenario(
      id = "SEND-51",
      title = "A stage behind an asynchronous send may use the connection, and wait for it",
      intent = "The next step is written where the last one ends.")
  static void stageThatAsks(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Queue next = t.queue();
    CompletableFuture<Message> chain =
        behind(
            () -> connection.sendAsync(queue, Message.text("a")),
            sent -> {
              connection.declare(next);
              connection.sendAsync(next, Message.text("b")).join();
              return connection.send(next, Message.text("c"));
            });
    Check.completes(chain, "a stage that sends and waits for confirmations", STAGES);
    Consumer consumer = connection.createConsumer(next);
    Check.equal(List.of("b", "c"), Messages.takeTexts(consumer, 2), "what the stage sent", STAGES);
  }

  @Scenario(
      id = "SEND-52",
      title = "A send ends in time while settlements cannot be handed over",
      intent = "A broker that reads nothing holds up no clock.",
      controls = BrokerControl.PAUSE)
  static void settlementsStuck(ScenarioContext t) throws Exception {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Producer producer =
        connection.createProducer(
            t.queue(), ProducerOptions.builder().sendTimeout(Duration.ofMillis(500)).build());
    Messages.sendNumbers(connection, queue, 20);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(500));
    List<Delivery> held = Messages.take(consumer, 20);
    t.onClose(t.broker()::resume);
    t.broker().pause();
    held.forEach(Delivery::accept); // fewer than make a batch, so that a moment later they go
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("x"));
    Check.within(
        Duration.ofSeconds(5),
        () ->
            Check.refused(
                () -> Check.outcome(sent),
                "a send to a broker that reads nothing",
                "the send time-out",
                ErrorCode.SEND_IN_DOUBT,
                ErrorCode.TIMEOUT),
        "a send with a time limit of 500 ms",
        "that nothing that can block runs on the thread of the timer");
  }

  @Scenario(
      id = "SEND-53",
      title = "A stage behind a session's send holds up neither commit nor rollback",
      intent = "A unit of work is over when it has ended, and not when its program has read that.",
      needs = Capability.TRANSACTIONS)
  static void stageBehindUnit(ScenarioContext t) throws InterruptedException {
    Connection connection = t.connect();
    Session session = connection.createSession();
    Queue from = t.queue();
    Queue to = t.queue();
    Messages.send(connection, from, "a");
    Consumer consumer = session.createConsumer(from, Messages.prompt().build());
    Producer producer = session.createProducer(to);
    Messages.take(consumer);
    endWithStage(t, producer, session::rollback, "a rollback");
    Check.equal("a", Messages.take(consumer).message().text(), "what a rollback released", UNITS);
    endWithStage(t, producer, session::commit, "a commit");
    Messages.marker(connection, from, consumer, "as the commit accepted it", UNITS);
    String sent = Messages.takeText(connection.createConsumer(to));
    Check.equal("b", sent, "what the commit sent", UNITS);
  }

  /** Ends a unit behind whose send a stage blocks until the scenario is over. */
  private static void endWithStage(
      ScenarioContext t, Producer producer, Check.Action end, String what)
      throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    t.onClose(release::countDown);
    CompletableFuture<Message> stage =
        producer
            .sendAsync(Message.text("b"))
            .whenComplete((message, failure) -> block(entered, release));
    Check.completes(t.inThread(end), what + " behind whose send a stage blocks", UNITS);
    Check.that(
        entered.await(Check.LIMIT.toMillis(), TimeUnit.MILLISECONDS),
        "the stage to run",
        "nothing",
        UNITS);
    Check.that(!stage.isDone(), "a stage that still blocks", "its end", "this scenario");
  }
}
