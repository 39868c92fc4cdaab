package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionOptions;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Queue;
import io.anymq.Subscription;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** RDLV and TOPIC: dead letters of every size, and whose they are. */
final class LetterScenarios {

  private static final String ROOM =
      "that a message is refused when it is sent, unless its dead letter can be written";

  private static final String WHOSE = "where the dead letters of a topic go, and what they name";

  /** How near to the largest admitted size the search comes. */
  private static final int STEPS = 12;

  private LetterScenarios() {}

  @Scenario(
      id = "RDLV-46",
      title = "The largest messages that are admitted can be dead-lettered",
      intent = "What was taken once can be put aside, with its reason.",
      needs = Capability.DEAD_LETTER,
      limitSeconds = 120)
  static void largest(ScenarioContext t) {
    int most = ConnectionOptions.MAX_MESSAGE_BYTES.parse("1000000");
    buried(t, most, size -> Message.bytes(Fidelity.body(size)));
    buried(
        t, most - 1, size -> Message.text("").toBuilder().property("p", "x".repeat(size)).build());
    buried(t, most / 110, LetterScenarios::manyProperties);
  }

  private static Message manyProperties(int count) {
    Message.Builder message = Message.builder();
    for (int i = 0; i < count; i++) {
      message.property("property-%05d".formatted(i), "x".repeat(90));
    }
    return message.build();
  }

  /** Sends ever larger ones, as far as they are admitted, and rejects all. */
  private static void buried(ScenarioContext t, int most, IntFunction<Message> ofSize) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> admitted = admitted(connection, queue, most, ofSize);
    Check.that(!admitted.isEmpty(), "a message that is admitted", "none", ROOM);
    String reason = "the reason ".repeat(300);
    List<String> rejected = new ArrayList<>();
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
        Consumer morgue = connection.createConsumer(queue.deadLetterQueue(), Messages.manual(1))) {
      for (int i = 0; i < admitted.size(); i++) {
        Messages.take(consumer).reject(reason);
        Delivery dead = Messages.take(morgue);
        rejected.add(dead.message().id().orElse(""));
        Check.that(DeadLetter.of(dead.message()).isPresent(), "a reason in it", dead, ROOM);
        dead.accept();
      }
    }
    Check.equal(admitted, rejected, "the ids of what was rejected", ROOM);
  }

  private static List<String> admitted(
      Connection connection, Queue queue, int most, IntFunction<Message> ofSize) {
    List<String> ids = new ArrayList<>();
    int admitted = 0;
    int refused = most + 1;
    int size = most;
    for (int i = 0; i < STEPS && refused - admitted > 1; i++) {
      try {
        ids.add(connection.send(queue, ofSize.apply(size)).id().orElseThrow());
        admitted = size;
      } catch (MessageTooLargeException | InvalidMessageException e) {
        refused = size;
      }
      size = (admitted + refused) / 2;
    }
    return ids;
  }

  @Scenario(
      id = "TOPIC-47",
      title = "Dead letters of a topic name their subscription, and are in no queue's way",
      intent = "Who finds one knows whose it is.",
      needs = {Capability.DEAD_LETTER, Capability.DURABLE_SUBSCRIPTIONS})
  static void named(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Topic topic = Topic.of(queue.name());
    t.adopt(topic);
    t.removeAtEnd(topic, "keeper");
    Subscription keeper = connection.subscribe(topic, Messages.manualDurable("keeper"));
    Subscription plain = connection.subscribe(topic, Messages.manualSubscription());
    Messages.send(connection, topic, "of the topic");
    Messages.send(connection, queue, "of the queue");
    Messages.take(keeper).reject("by the keeper");
    keeper.close(); // its dead letter is stored then
    try (Consumer consumer = connection.createConsumer(queue)) {
      Messages.take(consumer).reject("by the queue's consumer");
    }
    // One at a time: were the two queues one, two consumers could share it by chance.
    try (Consumer ofTopic = connection.createConsumer(topic.deadLetterQueue())) {
      DeadLetter letter = letter(ofTopic, "of the topic");
      Check.equal("keeper", letter.subscription(), "the subscription that it names", WHOSE);
      Check.equal(topic.toString(), letter.source(), "its source", WHOSE);
      Messages.take(plain).reject("by one without a name");
      Check.equal(null, letter(ofTopic, "of the topic").subscription(), "a plain one's", WHOSE);
      Messages.marker(connection, topic.deadLetterQueue(), ofTopic, "of the queue", WHOSE);
    }
    try (Consumer ofQueue = connection.createConsumer(queue.deadLetterQueue())) {
      Check.equal(null, letter(ofQueue, "of the queue").subscription(), "a queue's", WHOSE);
      Messages.marker(connection, queue.deadLetterQueue(), ofQueue, "of the topic", WHOSE);
    }
  }

  private static DeadLetter letter(Consumer morgue, String text) {
    Delivery dead = Messages.take(morgue);
    Check.equal(text, dead.message().text(), "the dead letter", WHOSE);
    dead.accept();
    return DeadLetter.of(dead.message())
        .orElseThrow(() -> Check.failure("a reason in the dead letter", "none", WHOSE));
  }
}
