package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import io.anymq.tck.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** SEND: confirmations, and the order of sends. */
final class SendScenarios {

  private SendScenarios() {}

  @Scenario(
      id = "SEND-01",
      title = "send returns when the backend has the message",
      intent = "A confirmed message does not depend on its sender any more.")
  static void confirmed(ScenarioContext t) {
    Queue queue = t.queue();
    Connection sender = t.connect();
    Messages.send(sender, queue, "a");
    sender.close();
    String text = Messages.takeText(t.connect().createConsumer(queue));
    Check.equal("a", text, "the message of a sender that has gone", "what send waits for");
  }

  @Scenario(
      id = "SEND-02",
      title = "Every confirmed message arrives once and whole",
      intent =
          "Nothing confirmed is lost, nothing is doubled, nothing is changed, in calm weather.")
  static void ledger(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Ledger ledger = new Ledger();
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Message message = ledger.next("key-" + i % 7, i % 50 * 40);
      all.add(ledger.track(message, connection.sendAsync(queue, message)));
    }
    all.forEach(each -> Check.completes(each, "every send", "the confirmations"));
    Consumer consumer = connection.createConsumer(queue);
    Messages.accept(consumer, 500).forEach(ledger::received);
    Messages.marker(connection, queue, consumer, "beyond what was sent", "what is sent twice");
    LedgerCheck.exactlyOnce(ledger.reconcile());
  }

  @Scenario(
      id = "SEND-03",
      title = "Asynchronous sends keep their order",
      intent = "Pipelining is for speed, and changes nothing else.")
  static void asyncOrder(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 200);
    List<String> received = Messages.takeTexts(connection.createConsumer(queue), 200);
    Check.equal(Messages.numbers(200), received, "the order of arrival", "how sends are pipelined");
  }

  @Scenario(
      id = "SEND-04",
      title = "A full window holds the caller back",
      intent = "A slow broker must not fill the sender's memory.",
      controls = BrokerControl.PAUSE)
  static void window(ScenarioContext t) {
    Queue queue = t.queue();
    ProducerOptions options = ProducerOptions.builder().window(4).build();
    Producer producer = t.connect().createProducer(queue, options);
    producer.send("warm");
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    t.onClose(t.broker()::resume);
    t.broker().pause();
    String check = "that the window counts unconfirmed sends, and that a full one blocks sendAsync";
    for (int i = 0; i < 4; i++) {
      sent.add(producer.sendAsync(Message.text("in the window")));
    }
    Future<Boolean> fifth =
        ThreadWatch.waiting(
            t, () -> sent.add(producer.sendAsync(Message.text("fifth"))), "the fifth sendAsync");
    // It waits for something; if that was not the window, it goes on by itself. No marker can tell:
    // the broker stands still.
    Check.that(
        !doneWithin(fifth, Duration.ofMillis(500)),
        "the fifth sendAsync to wait, with a window of 4 and nothing confirmed",
        "that it returned",
        check);
    t.broker().resume();
    Check.completes(fifth, "the fifth sendAsync after the broker goes on", check);
    sent.forEach(each -> Check.completes(each, "each send after the broker goes on", check));
  }

  @Scenario(
      id = "SEND-05",
      title = "A producer may be shared between threads",
      intent = "All messages arrive, and each thread's keep their order.")
  static void sharedProducer(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Producer producer = connection.createProducer(queue);
    List<Future<Boolean>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      String key = "thread-" + thread;
      threads.add(t.inThread(() -> sendWithKey(producer, key, 50)));
    }
    threads.forEach(each -> Check.completes(each, "each sending thread", "the producer's lock"));
    List<Delivery> received = Messages.take(connection.createConsumer(queue), 200);
    for (int thread = 0; thread < 4; thread++) {
      String key = "thread-" + thread;
      List<String> ofThread =
          received.stream()
              .map(Delivery::message)
              .filter(message -> message.key().orElse("").equals(key))
              .map(Message::text)
              .toList();
      Check.equal(Messages.numbers(50), ofThread, "what came of " + key, "the order of sends");
    }
  }

  @Scenario(
      id = "SEND-10",
      title = "A refused message does not disturb its neighbours",
      intent = "What was accepted before is kept, and what follows is sent.")
  static void refusedInTheMiddle(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect(o -> o.option("max-message-bytes", "100"));
    Producer producer = connection.createProducer(queue);
    Message tooLarge = Message.bytes(new byte[101]);
    CompletableFuture<Message> before = producer.sendAsync(Message.text("before"));
    Check.refused(
        MessageTooLargeException.class,
        () -> Check.outcome(producer.sendAsync(tooLarge)),
        "sendAsync of a message that is too large",
        "that it throws before anything is sent");
    CompletableFuture<Message> after = producer.sendAsync(Message.text("after"));
    Check.completes(before, "the send before", "the window");
    Check.completes(after, "the send after", "the window");
    List<String> texts = Messages.takeTexts(connection.createConsumer(queue), 2);
    Check.equal(List.of("before", "after"), texts, "what arrived", "the refusal");
  }

  @Scenario(
      id = "SEND-15",
      title = "A message can be sent many times",
      intent = "Messages are values; each send is a message of its own.")
  static void sameMessageTwice(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message message = Message.text("a");
    String first = connection.send(queue, message).id().orElse("");
    String second = connection.send(queue, message).id().orElse("");
    Consumer consumer = connection.createConsumer(queue);
    List<String> ids =
        Messages.take(consumer, 2).stream().map(each -> each.message().id().orElse("")).toList();
    Check.equal(List.of(first, second), ids, "the ids", "that the id is given at each send");
    Check.that(message.id().isEmpty(), "the sent object unchanged", message, "immutability");
  }

  @Scenario(
      id = "SEND-16",
      title = "Cancelling a send's future changes nothing",
      intent = "A message under way cannot be called back, and nothing pretends that it can.")
  static void cancel(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.sendAsync(queue, Message.text("a")).cancel(true);
    Messages.send(connection, queue, "b");
    List<String> texts = Messages.takeTexts(connection.createConsumer(queue), 2);
    Check.equal(List.of("a", "b"), texts, "what arrived", "the future that sendAsync returns");
  }

  @Scenario(
      id = "SEND-19",
      title = "Sends of the connection keep their order",
      intent = "The short form means the same as a producer.")
  static void connectionSend(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CompletableFuture<Message> first = connection.sendAsync(queue, Message.text("a"));
    connection.send(queue, Message.text("b"));
    CompletableFuture<Message> last = connection.sendAsync(queue, Message.text("c"));
    Check.completes(first, "the first send", "the producer that is kept");
    Check.completes(last, "the last send", "the producer that is kept");
    List<String> texts = Messages.takeTexts(connection.createConsumer(queue), 3);
    Check.equal(List.of("a", "b", "c"), texts, "what arrived", "the producer that is kept");
  }

  private static void sendWithKey(Producer producer, String key, int count) {
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : Messages.numbers(count)) {
      sent.add(producer.sendAsync(Message.text(number).toBuilder().key(key).build()));
    }
    sent.forEach(each -> Check.completes(each, "each send of " + key, "the confirmations"));
  }

  private static boolean doneWithin(Future<?> future, Duration limit) {
    try {
      future.get(limit.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new RuleFailure("the call to wait", e, "what ended it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
