package io.anymq.tck.scenario;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SEND: waiting for what is under way, and its end. */
final class SendLimitScenarios {

  private SendLimitScenarios() {}

  @Scenario(
      id = "SEND-11",
      title = "flush waits for everything that was sent before",
      intent = "A batch can be closed with one call.")
  static void flush(ScenarioContext t) {
    Producer producer = t.connect().createProducer(t.queue());
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : Messages.numbers(100)) {
      sent.add(producer.sendAsync(Message.text(number)));
    }
    producer.flush(Check.LIMIT);
    long unconfirmed = sent.stream().filter(each -> !each.isDone()).count();
    Check.equal(0L, unconfirmed, "the number of unconfirmed sends after flush", "flush");
  }

  @Scenario(
      id = "SEND-12",
      title = "flush that is not done in time says so",
      intent = "No call waits longer than it was told to.",
      controls = BrokerControl.PAUSE)
  static void flushTimeout(ScenarioContext t) throws Exception {
    Producer producer = t.connect().createProducer(t.queue());
    producer.send("warm");
    t.onClose(t.broker()::resume);
    t.broker().pause();
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("a"));
    Check.within(
        Duration.ofSeconds(3),
        () ->
            Check.refused(
                MessagingTimeoutException.class,
                () -> producer.flush(Duration.ofMillis(200)),
                "flush with a broker that does not answer",
                "flush"),
        "a flush of 200 ms",
        "flush's time limit");
    t.broker().resume();
    Check.completes(sent, "the send, when the broker goes on,", "that flush cancels nothing");
  }

  @Scenario(
      id = "SEND-13",
      title = "Closing a producer waits for its unconfirmed sends",
      intent = "Close loses nothing.")
  static void closeFlushes(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Producer producer = connection.createProducer(queue);
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : Messages.numbers(200)) {
      sent.add(producer.sendAsync(Message.text(number)));
    }
    producer.close();
    sent.forEach(each -> Check.that(each.isDone(), "every send done", "one that is not", "close"));
    sent.forEach(each -> Check.completes(each, "every send", "what close does to the window"));
    List<String> received = Messages.takeTexts(connection.createConsumer(queue), 200);
    Check.equal(Messages.numbers(200), received, "what arrived", "close");
  }

  @Scenario(
      id = "SEND-14",
      title = "A closed producer refuses to send",
      intent = "A message never vanishes into a closed object.")
  static void closedProducer(ScenarioContext t) {
    Producer producer = t.connect().createProducer(t.queue());
    producer.close();
    Class<ClosedException> refusal = ClosedException.class;
    Check.refused(refusal, () -> producer.send("a"), "send after close", "the producer's state");
    Check.refused(
        refusal,
        () -> Check.outcome(producer.sendAsync(Message.text("a"))),
        "sendAsync after close",
        "the producer's state");
  }

  @Scenario(
      id = "SEND-17",
      title = "A send ends within its time limit",
      intent =
          "A broker that says nothing holds nobody for ever, and the failure says what is known.",
      controls = BrokerControl.PAUSE)
  static void sendTimeout(ScenarioContext t) throws Exception {
    ProducerOptions options = ProducerOptions.builder().sendTimeout(Duration.ofMillis(500)).build();
    Producer producer = t.connect().createProducer(t.queue(), options);
    t.onClose(t.broker()::resume);
    t.broker().pause();
    MessagingException failure =
        Check.within(
            Duration.ofSeconds(4),
            () ->
                Check.refused(
                    () -> producer.send("a"),
                    "a send to a broker that does not answer",
                    "that a message that may have arrived is in doubt",
                    ErrorCode.SEND_IN_DOUBT,
                    ErrorCode.TIMEOUT),
            "a send with a time limit of 500 ms",
            "the send time-out");
    Check.that(failure.isTransient(), "a transient failure", failure.code(), "the error's code");
  }

  @Scenario(
      id = "SEND-18",
      title = "What is in doubt may have arrived; what was not sent never does",
      intent = "The caller can decide whether to send again.",
      controls = BrokerControl.PAUSE)
  static void inDoubt(ScenarioContext t) {
    ProducerOptions options = ProducerOptions.builder().sendTimeout(Duration.ofMillis(500)).build();
    Queue queue = t.queue();
    Connection connection = t.connect();
    Producer producer = connection.createProducer(queue, options);
    Messages.warm(producer, "0");
    t.onClose(t.broker()::resume);
    t.broker().pause();
    ErrorCode code = failure(producer).code();
    t.broker().resume();
    connection.send(queue, Message.text("end"));
    List<String> texts = new ArrayList<>();
    Consumer consumer = connection.createConsumer(queue);
    while (!texts.contains("end")) {
      texts.add(Messages.takeText(consumer));
    }
    Check.that(
        code == ErrorCode.SEND_IN_DOUBT || !texts.contains("1"),
        "a message that was reported as not sent (" + code + ") not to arrive",
        texts,
        "when a failure says SEND_IN_DOUBT");
  }

  private static MessagingException failure(Producer producer) {
    return Check.refused(
        MessagingException.class,
        () -> producer.send("1"),
        "a send to a broker that does not answer",
        "the send time-out");
  }
}
