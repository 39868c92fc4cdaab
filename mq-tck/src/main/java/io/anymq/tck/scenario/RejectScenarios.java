package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.util.List;

/** ACK: rejected messages. */
final class RejectScenarios {

  private RejectScenarios() {}

  @Scenario(
      id = "ACK-09",
      title = "A rejected message goes to the dead-letter queue with its reason",
      intent = "Nothing is thrown away, and whoever looks knows why it is there.",
      needs = Capability.DEAD_LETTER)
  static void rejected(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "bad", "good");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).reject("no customer");
    Check.equal("good", Messages.takeText(consumer), "the next message", "what reject blocks");
    Delivery dead = Messages.take(connection.createConsumer(queue.deadLetterQueue()));
    String check = "what is sent to the dead-letter queue on reject";
    Check.equal("bad", dead.message().text(), "the dead letter", check);
    DeadLetter why =
        DeadLetter.of(dead.message())
            .orElseThrow(() -> Check.failure("a reason in the dead letter", "none", check));
    Check.equal(DeadLetter.Reason.REJECTED, why.reason(), "the reason", check);
    Check.equal(1, why.deliveryCount(), "the count", check);
    Check.equal(queue.toString(), why.source(), "the source", check);
    Check.equal("no customer", why.error(), "the error", check);
  }

  @Scenario(
      id = "ACK-10",
      title = "A dead letter is the message as it was",
      intent = "It can be mended and sent again.",
      needs = Capability.DEAD_LETTER)
  static void deadLetterIsWhole(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message sent =
        connection.send(
            queue, Fidelity.full(t).toBuilder().timeToLive(null).deliveryDelay(null).build());
    Messages.take(connection.createConsumer(queue, Messages.MANUAL)).reject("look at it");
    Message dead = Messages.take(connection.createConsumer(queue.deadLetterQueue())).message();
    Message.Builder unmarked = dead.toBuilder();
    dead.properties().keySet().stream()
        .filter(name -> name.startsWith("anymq.dead-letter."))
        .forEach(name -> unmarked.property(name, null));
    List<String> differences = FieldDiff.of(sent, unmarked.build());
    Check.that(
        differences.isEmpty(),
        "every field as it was sent",
        differences,
        "that only the reason is added to a dead letter");
  }

  @Scenario(
      id = "ACK-15",
      title = "Dead letters go where the options say",
      intent = "Several queues can share one place for bad messages.",
      needs = Capability.DEAD_LETTER)
  static void ownDeadLetterQueue(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Queue morgue = t.newQueue();
    Messages.send(connection, queue, "bad");
    ConsumerOptions options = Messages.manual().deadLetterQueue(morgue).build();
    Messages.take(connection.createConsumer(queue, options)).reject("bad");
    Check.equal(
        "bad",
        Messages.takeText(connection.createConsumer(morgue)),
        "the dead letter",
        "ConsumerOptions.deadLetterQueue");
    Check.that(
        !connection.exists(queue.deadLetterQueue()),
        "the default dead-letter queue not to be made",
        "that it exists",
        "when dead-letter queues are made");
  }
}
