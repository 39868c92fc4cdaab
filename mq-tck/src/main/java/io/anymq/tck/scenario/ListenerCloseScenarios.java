package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** LIFE: closing while a listener runs. */
final class ListenerCloseScenarios {

  private ListenerCloseScenarios() {}

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
        CloseScenarios.PROMPTLY,
        () -> {
          connection.close(Duration.ofMillis(500));
          return true;
        },
        "close(500 ms) with a listener that is stuck",
        "that every wait in close has a limit");
    Delivery again = Messages.take(t.connect().createConsumer(queue));
    Check.that(again.redelivered(), "what it held to come again, marked", "unmarked", "close");
  }

  private static void waitUninterruptibly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // It is the point of this listener that it cannot be talked out of it.
    }
  }
}
