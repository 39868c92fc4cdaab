package io.anymq.tck.scenario;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Subscription;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** LIFE: opening and closing. */
final class LifecycleScenarios {

  /** For closes that have nothing to wait for. */
  private static final Duration PROMPTLY = Duration.ofSeconds(5);

  private LifecycleScenarios() {}

  @Scenario(
      id = "LIFE-01",
      title = "A connection's states are told, in order",
      intent = "An application can follow what becomes of its connection.")
  static void states(ScenarioContext t) {
    List<ConnectionState> seen = Collections.synchronizedList(new ArrayList<>());
    Connection connection = t.connect((which, state, cause) -> seen.add(state));
    Check.equal(ConnectionState.OPEN, connection.state(), "the state after connect", "state()");
    connection.close();
    Check.equal(ConnectionState.CLOSED, connection.state(), "the state after close", "state()");
    List<ConnectionState> all =
        List.of(
            ConnectionState.OPENING,
            ConnectionState.OPEN,
            ConnectionState.CLOSING,
            ConnectionState.CLOSED);
    Check.eventually(
        () -> seen.equals(all), "the listener to be told " + all, () -> seen, "the listener");
  }

  @Scenario(
      id = "LIFE-02",
      title = "Closing again does nothing",
      intent = "Everybody who holds a thing may close it.")
  static void idempotent(ScenarioContext t) {
    Connection connection = t.connect();
    Producer producer = connection.createProducer(t.queue());
    Consumer consumer = connection.createConsumer(t.queue());
    Subscription subscription = connection.subscribe(t.topic());
    for (int i = 0; i < 2; i++) {
      producer.close();
      consumer.close();
      subscription.close();
    }
    connection.close();
    connection.close();
    producer.close();
    consumer.close();
  }

  @Scenario(
      id = "LIFE-03",
      title = "Closing a consumer ends a waiting receive",
      intent = "A thread that waits can be stopped from outside.")
  static void closeConsumer(ScenarioContext t) throws Exception {
    Consumer consumer = t.connect().createConsumer(t.queue());
    closesWhileReceiving(t, consumer, consumer);
  }

  @Scenario(
      id = "LIFE-04",
      title = "Closing a connection ends a waiting receive",
      intent = "Shutting down does not wait for messages that may never come.")
  static void closeConnection(ScenarioContext t) throws Exception {
    Connection connection = t.connect();
    closesWhileReceiving(t, connection.createConsumer(t.queue()), connection);
  }

  @Scenario(
      id = "LIFE-05",
      title = "A consumer may be closed from its own listener",
      intent = "'That was the last one' is said in the handler.")
  static void closeFromListener(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    BlockingQueue<Consumer> self = new LinkedBlockingQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    self.add(
        connection.createConsumer(
            queue,
            ConsumerOptions.DEFAULT,
            delivery -> {
              calls.incrementAndGet();
              self.take().close();
              closed.countDown();
            }));
    Messages.sendNumbers(connection, queue, 5);
    Check.eventually(
        () -> closed.getCount() == 0, "close to return", calls::get, "close in the own thread");
    Consumer next = connection.createConsumer(queue);
    Check.equal(4, Messages.take(next, 4).size(), "the rest", "what close gives back");
    Check.equal(1, calls.get(), "the number of calls of a listener that closed", "close");
  }

  @Scenario(
      id = "LIFE-06",
      title = "A connection may be closed from a listener",
      intent = "A poison pill can end the program.")
  static void closeConnectionFromListener(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CountDownLatch closed = new CountDownLatch(1);
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          connection.close();
          closed.countDown();
        });
    Messages.send(t.connect(), queue, "stop");
    Check.eventually(
        () -> closed.getCount() == 0, "close to return", connection::state, "whom close waits for");
    Check.eventually(
        () -> connection.state() == ConnectionState.CLOSED,
        "the state CLOSED once the listener has returned",
        connection::state,
        "close in a listener");
  }

  @Scenario(
      id = "LIFE-07",
      title = "Close lets a running listener finish",
      intent = "What is nearly done is done once, not twice.")
  static void listenerFinishes(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          begun.countDown();
          if (goOn.await(Check.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            finished.incrementAndGet();
          }
        });
    Messages.send(connection, queue, "a");
    Check.eventually(() -> begun.getCount() == 0, "the call", begun::getCount, "the dispatch");
    Future<Boolean> closing = t.inThread(() -> connection.close());
    Check.eventually(
        () -> connection.state() == ConnectionState.CLOSING,
        "close to begin",
        connection::state,
        "close");
    goOn.countDown();
    Check.completes(closing, "close", "whom close waits for");
    Check.equal(1, finished.get(), "the number of finished calls", "that listeners may finish");
    Messages.empty(t, queue, "after the listener finished", "that its acceptance goes out first");
  }

  @Scenario(
      id = "LIFE-08",
      title = "A listener that never returns does not hold up close for ever",
      intent = "A time limit holds, whatever the application does.")
  static void stuckListener(ScenarioContext t) throws Exception {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    t.onClose(end::countDown);
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          begun.countDown();
          while (end.getCount() > 0) {
            waitUninterruptibly(end);
          }
        });
    Messages.send(connection, queue, "a");
    Check.eventually(() -> begun.getCount() == 0, "the call", begun::getCount, "the dispatch");
    Check.within(
        PROMPTLY,
        () -> {
          connection.close(Duration.ofMillis(500));
          return true;
        },
        "close(500 ms) with a listener that is stuck",
        "that every wait in close has a limit");
    Delivery again = Messages.take(t.connect().createConsumer(queue));
    Check.that(again.redelivered(), "what it held to come again, marked", "unmarked", "close");
  }

  @Scenario(
      id = "LIFE-09",
      title = "What is closed refuses to work",
      intent = "A closed object fails at once, and always with the same exception.")
  static void closedRefuses(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Topic topic = t.topic();
    Consumer consumer = connection.createConsumer(queue);
    consumer.close();
    refused(() -> consumer.receive(Duration.ofMillis(10)), "receive of a closed consumer");
    refused(consumer::receiveNoWait, "receiveNoWait of a closed consumer");
    Producer producer = connection.createProducer(queue);
    Consumer open = connection.createConsumer(queue);
    connection.close();
    refused(() -> producer.send("a"), "send of a closed connection's producer");
    refused(() -> open.receive(Duration.ofMillis(10)), "receive of a closed connection's consumer");
    refused(() -> connection.createProducer(queue), "createProducer of a closed connection");
    refused(() -> connection.createConsumer(queue), "createConsumer of a closed connection");
    refused(() -> connection.subscribe(topic), "subscribe of a closed connection");
    refused(() -> connection.send(queue, Message.text("a")), "send of a closed connection");
    refused(() -> connection.declare(queue), "declare of a closed connection");
    refused(() -> connection.exists(queue), "exists of a closed connection");
  }

  @Scenario(
      id = "LIFE-10",
      title = "Close leaves no thread behind",
      intent = "A program that has closed its connections ends by itself.")
  static void noThreads(ScenarioContext t) {
    Set<Thread> before = ThreadWatch.ours();
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.createConsumer(
        queue, ConsumerOptions.builder().concurrency(2).build(), delivery -> {});
    connection.createConsumer(t.queue());
    connection.subscribe(t.topic());
    Messages.sendNumbers(connection, queue, 20);
    connection.close();
    ThreadWatch.noneBeyond(before);
  }

  @Scenario(
      id = "LIFE-11",
      title = "Closing a connection flushes what is in the window",
      intent = "Close loses nothing that could still be confirmed.")
  static void flushes(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : Messages.numbers(100)) {
      sent.add(connection.sendAsync(queue, Message.text(number)));
    }
    connection.close();
    sent.forEach(each -> Check.completes(each, "every send", "what close does to the window"));
    List<String> received = Messages.takeTexts(t.connect().createConsumer(queue), 100);
    Check.equal(Messages.numbers(100), received, "what arrived", "close");
  }

  @Scenario(
      id = "LIFE-12",
      title = "After close no listener is called",
      intent = "What the listener uses can be taken away then.")
  static void silentAfterClose(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch goOn = new CountDownLatch(1);
    Consumer consumer =
        connection.createConsumer(
            queue,
            ConsumerOptions.DEFAULT,
            delivery -> {
              calls.incrementAndGet();
              boolean unused = goOn.await(Check.LIMIT.toSeconds(), TimeUnit.SECONDS);
            });
    Messages.sendNumbers(connection, queue, 200);
    Check.eventually(() -> calls.get() > 0, "the first call", calls::get, "the dispatch");
    Future<Boolean> closing = ThreadWatch.waiting(t, () -> closed(consumer), "close");
    goOn.countDown();
    Check.completes(closing, "close", "whom close waits for");
    int atClose = calls.get();
    Consumer rest = connection.createConsumer(queue);
    int left = 0;
    while (atClose + left < 200) {
      Messages.take(rest);
      left++;
    }
    Messages.nothingMore(rest, "beyond what the listener did not get", "what close accepts");
    Check.equal(atClose, calls.get(), "the number of calls, after close,", "whom close waits for");
  }

  private static boolean closed(Consumer consumer) {
    consumer.close();
    return true;
  }

  @Scenario(
      id = "LIFE-13",
      title = "Connections of one factory are independent",
      intent = "Closing one disturbs nobody else.")
  static void independent(ScenarioContext t) {
    Queue queue = t.queue();
    Connection first = t.connect();
    Connection second = t.connect();
    Consumer consumer = second.createConsumer(queue);
    Messages.send(first, queue, "a");
    first.close();
    Messages.send(second, queue, "b");
    List<String> received = Messages.takeTexts(consumer, 2);
    Check.equal(List.of("a", "b"), received, "what the other one receives", "what is shared");
  }

  @Scenario(
      id = "LIFE-14",
      title = "Opening and closing many connections uses nothing up",
      intent = "A leak that is small is still a leak.")
  static void many(ScenarioContext t) {
    Set<Thread> before = ThreadWatch.ours();
    Queue queue = t.queue();
    for (int i = 0; i < 10; i++) {
      Connection connection = t.connect();
      Messages.send(connection, queue, Integer.toString(i));
      Check.equal(
          Integer.toString(i),
          Messages.takeText(connection.createConsumer(queue)),
          "the message",
          "the connection");
      connection.close();
    }
    ThreadWatch.noneBeyond(before);
  }

  @Scenario(
      id = "LIFE-15",
      title = "A connection tells what it talks to",
      intent = "Reports and logs name the broker's own version.")
  static void backend(ScenarioContext t) {
    var info = t.connect().backend();
    Check.equal(t.harness().name(), info.name(), "the backend's name", "BackendInfo");
    Check.that(!info.brokerVersion().isBlank(), "the broker's version", info, "BackendInfo");
    Check.that(!info.clientVersion().isBlank(), "the client's version", info, "BackendInfo");
  }

  @Scenario(
      id = "LIFE-16",
      title = "unwrap gives a native object, or says that there is none",
      intent = "The way out to the native client is a door, not a guess.")
  static void unwrap(ScenarioContext t) {
    Connection connection = t.connect();
    Check.refused(
        () -> connection.unwrap(java.util.Random.class),
        "unwrap of a type that no adapter has",
        "what unwrap does with an unknown type",
        ErrorCode.ILLEGAL_USE);
  }

  private static void closesWhileReceiving(
      ScenarioContext t, Consumer consumer, AutoCloseable closing) throws Exception {
    CountDownLatch receiving = new CountDownLatch(1);
    Future<Optional<Delivery>> waiting =
        t.inThread(
            () -> {
              receiving.countDown();
              return consumer.receive(Duration.ofSeconds(60));
            });
    Check.that(receiving.await(10, TimeUnit.SECONDS), "the thread to run", "no", "the machine");
    Check.within(
        PROMPTLY,
        () -> {
          closing.close();
          return true;
        },
        "close while another thread receives",
        "what close waits for");
    Check.refused(
        ClosedException.class, () -> Check.outcome(waiting), "the waiting receive", "close");
  }

  private static void refused(Check.Action action, String what) {
    Check.refused(ClosedException.class, action, what, "the check for closed objects");
  }

  private static void waitUninterruptibly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // It is the point of this listener that it cannot be talked out of it.
    }
  }

  @Scenario(
      id = "LIFE-17",
      title = "A connection's listener may use the connection, and close it",
      intent = "Who is told of a state may act on it.")
  static void listenerActs(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    CompletableFuture<Boolean> used = new CompletableFuture<>();
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    t.connect(
        (which, state, cause) -> {
          if (state == ConnectionState.OPEN) {
            which.send(queue, Message.text("from the listener"));
            used.complete(which.exists(queue));
            which.close();
          } else if (state == ConnectionState.CLOSED) {
            closed.complete(true);
          }
        });
    String check = "on which thread the listener is called";
    Check.that(Check.completes(used, "the listener's use", check), "the queue", "none", check);
    Check.completes(closed, "the close from the listener", check);
    Check.equal(
        "from the listener", Messages.takeText(t.connect().createConsumer(queue)), "sent", check);
  }
}
