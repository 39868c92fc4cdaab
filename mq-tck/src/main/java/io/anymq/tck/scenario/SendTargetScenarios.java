package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SEND: destinations that are missing, or deleted under their producer. */
final class SendTargetScenarios {

  private static final ProducerOptions FAIL_IF_MISSING =
      ProducerOptions.builder().missingDestination(MissingDestination.FAIL).build();

  /** Single digits, which sort as numbers do. */
  private static final int SEVERAL = 9;

  private SendTargetScenarios() {}

  @Scenario(
      id = "SEND-06",
      title = "A producer for a missing destination is refused where the options forbid to make it",
      intent = "A mistyped name is found at once, and creates nothing.")
  static void missingRefused(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    Topic topic = t.newTopic();
    Class<DestinationNotFoundException> refusal = DestinationNotFoundException.class;
    String check = "MissingDestination.FAIL";
    Check.refused(
        refusal, () -> connection.createProducer(queue, FAIL_IF_MISSING), "a producer", check);
    Check.refused(
        refusal, () -> connection.createProducer(topic, FAIL_IF_MISSING), "a producer", check);
    Check.that(!connection.exists(queue), "the queue not to be made", "that it exists", check);
    Check.that(!connection.exists(topic), "the topic not to be made", "that it exists", check);
  }

  @Scenario(
      id = "SEND-07",
      title = "A missing destination is made where the options allow",
      intent = "With defaults a first send works on every backend.")
  static void missingMade(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    Messages.send(connection, queue, "first");
    Check.equal(
        "first",
        Messages.takeText(connection.createConsumer(queue)),
        "the message that made its queue",
        "MissingDestination.CREATE");
    Topic topic = t.newTopic();
    Messages.send(connection, topic, "nobody listens");
    Check.that(connection.exists(topic), "the topic to be made", "that it is missing", "CREATE");
  }

  @Scenario(
      id = "SEND-08",
      title = "A send to a queue that was deleted fails, and is never confirmed",
      intent = "Nothing is confirmed and dropped.")
  static void deletedMeanwhile(ScenarioContext t) {
    Queue queue = t.queue();
    Producer producer = t.connect().createProducer(queue, FAIL_IF_MISSING);
    producer.send("before");
    t.observer().delete(queue);
    Check.refused(
        DestinationNotFoundException.class,
        () -> producer.send("after"),
        "a send to a queue that was deleted",
        "that the broker's word about unroutable messages is heard (mandatory, metadata, …)");
  }

  @Scenario(
      id = "SEND-09",
      title = "A send after a deletion makes the queue again where the options allow",
      intent = "Confirmed means that it is there, in this case too.")
  static void deletedAndMade(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Producer producer = connection.createProducer(queue);
    producer.send("before");
    t.observer().delete(queue);
    producer.send("after");
    String check = "what becomes of DestinationNotFoundException in a send";
    Check.equal(
        List.of("after"),
        Messages.drain(connection, queue),
        "what is in the queue that a send made again",
        check);
    t.observer().delete(queue);
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    List<String> texts = Messages.numbers(SEVERAL);
    texts.forEach(text -> sent.add(producer.sendAsync(Message.text(text))));
    sent.forEach(each -> Check.completes(each, "a send that makes its queue again", check));
    Check.equal(
        texts,
        Messages.drain(connection, queue).stream().sorted().toList(),
        "what is in the queue that several sends made again",
        check);
  }
}
