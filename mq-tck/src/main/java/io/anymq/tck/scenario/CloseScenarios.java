package io.anymq.tck.scenario;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** LIFE: what closing ends, and what it leaves. */
final class CloseScenarios {

  /** For closes that have nothing to wait for. */
  static final Duration PROMPTLY = Duration.ofSeconds(5);

  private CloseScenarios() {}

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
    ThreadWatch.noneLeftBy(() -> openAndClose(t));
  }

  private static void openAndClose(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.createConsumer(
        queue, ConsumerOptions.builder().concurrency(2).build(), delivery -> {});
    connection.createConsumer(t.queue());
    connection.subscribe(t.topic());
    Messages.sendNumbers(connection, queue, 20);
    connection.close();
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
    Messages.marker(
        connection, queue, rest, "beyond what the listener did not get", "what close accepts");
    Check.equal(atClose, calls.get(), "the number of calls, after close,", "whom close waits for");
  }

  private static boolean closed(Consumer consumer) {
    consumer.close();
    return true;
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
}
