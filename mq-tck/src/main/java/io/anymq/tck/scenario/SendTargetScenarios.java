package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.Subscription;
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

  private static final String KEEPER = "keeper";
  private static final String END = "end";
  private static final String TWICE =
      "what a producer does when it hears that its topic was deleted, and in how many places";

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

  @Scenario(
      id = "SEND-20",
      title = "What is sent to a topic that was deleted and made again comes once",
      intent = "A repair that is not needed must not send anything a second time.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void topicMadeAgain(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, KEEPER);
    Connection connection = t.connect();
    Producer producer = t.connect().createProducer(topic);
    try (Subscription before = keeper(connection, topic)) {
      producer.send("before");
      Check.equal("before", Messages.takeText(before), "the message before the deletion", TWICE);
    }
    t.observer().delete(topic);
    try (Subscription again = keeper(connection, topic)) {
      producer.send("first");
      List<CompletableFuture<Message>> sent = new ArrayList<>();
      List<String> texts = Messages.numbers(SEVERAL);
      texts.forEach(text -> sent.add(producer.sendAsync(Message.text(text))));
      sent.forEach(each -> Check.completes(each, "a send to a topic that was made again", TWICE));
      Messages.send(connection, topic, END);
      Check.equal("first", Messages.takeText(again), "the first message after it", TWICE);
      Check.equal(texts, untilEnd(again), "the other messages, each once", TWICE);
    }
  }

  private static Subscription keeper(Connection connection, Topic topic) {
    return connection.subscribe(topic, Messages.manualDurable(KEEPER));
  }

  /** What comes before the message that was sent last, sorted. */
  private static List<String> untilEnd(Subscription subscription) {
    List<String> texts = new ArrayList<>();
    String next = Messages.takeText(subscription);
    while (!next.equals(END)) {
      texts.add(next);
      next = Messages.takeText(subscription);
    }
    texts.sort(null);
    return texts;
  }
}
