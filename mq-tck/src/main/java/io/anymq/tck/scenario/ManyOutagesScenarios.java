package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** RECOV from 30 on: objects, bounds and counts after more than one outage. */
final class ManyOutagesScenarios {

  private static final String AGAIN = "what each object is made of again on a second new link";

  private ManyOutagesScenarios() {}

  @Scenario(
      id = "RECOV-30",
      title = "After two outages each object of a connection gets what is its own, once",
      intent = "Recovery is for all of a program's objects, not for the first one of each kind.",
      needs = Capability.DURABLE_SUBSCRIPTIONS,
      controls = BrokerControl.CUT_NETWORK)
  static void everyObject(ScenarioContext t) {
    Outage outage = Outage.of(t);
    Connection connection = outage.connection();
    Connection sender = t.connect();
    Map<Consumer, String> owners = new LinkedHashMap<>();
    List<Topic> topics = List.of(t.topic(), t.topic());
    List<Queue> queues = List.of(t.queue(), t.queue());
    for (Topic topic : topics) {
      String name = "keeper-" + owners.size();
      t.removeAtEnd(topic, name);
      owners.put(connection.subscribe(topic), topic.name());
      owners.put(connection.subscribe(topic, SubscriptionOptions.durable(name)), topic.name());
    }
    queues.forEach(queue -> owners.put(connection.createConsumer(queue), queue.name()));
    outage.twice();
    topics.forEach(topic -> Messages.send(sender, topic, topic.name(), "end"));
    queues.forEach(queue -> Messages.send(sender, queue, queue.name(), "end"));
    owners.forEach(
        (consumer, own) ->
            Check.equal(
                List.of(own, "end"),
                Messages.takeTexts(consumer, 2),
                "what arrives at one of six objects",
                AGAIN));
  }

  @Scenario(
      id = "RECOV-31",
      title = "After two outages a consumer holds as much as its prefetch says",
      intent = "A bound that only the first link keeps is none.",
      controls = BrokerControl.CUT_NETWORK)
  static void bound(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Connection other = t.connect();
    Consumer bounded = outage.connection().createConsumer(queue, Messages.manual(2));
    Messages.sendNumbers(other, queue, 5);
    Messages.take(bounded, 2);
    outage.twice();
    List<Delivery> held = Messages.take(bounded, 2);
    Consumer second = other.createConsumer(queue, Messages.manual(10));
    Messages.accept(second, 3);
    Messages.marker(other, queue, second, "as 2 are held by another consumer", AGAIN);
    held.forEach(Delivery::accept);
    bounded.close();
    Messages.marker(other, queue, second, "after all were accepted", AGAIN);
  }

  @Scenario(
      id = "RECOV-32",
      title = "Delivery counts go on across outages, and the limit allows what it says",
      intent = "An outage is no failure of a message, and no pardon.",
      needs = {Capability.DELIVERY_COUNT, Capability.DEAD_LETTER},
      controls = BrokerControl.CUT_NETWORK)
  static void counts(ScenarioContext t) {
    Queue queue = t.queue();
    Queue limited = t.queue();
    Queue never = t.queue();
    Outage outage = Outage.of(t);
    Connection cut = outage.connection();
    Connection other = t.connect();
    Messages.send(other, queue, "a");
    Messages.send(other, limited, "b");
    Messages.send(other, never, "c");
    Consumer consumer = cut.createConsumer(queue, Messages.manual(1));
    Consumer strict = cut.createConsumer(limited, limitedTo(2));
    Consumer once = cut.createConsumer(never, limitedTo(1));
    Consumer letters = other.createConsumer(limited.deadLetterQueue());
    Consumer ofOnce = other.createConsumer(never.deadLetterQueue());
    int first = Messages.take(consumer).deliveryCount();
    Check.equal(1, first, "the count before the outages", AGAIN);
    Messages.take(strict);
    Messages.take(once);
    outage.cut();
    outage.restore();
    int second = Messages.take(consumer).deliveryCount();
    Check.that(second >= 2, "a count of 2 or more after an outage", second, AGAIN);
    Messages.take(strict).release();
    letter("b", letters, "the dead letter after two deliveries");
    Messages.marker(other, limited, strict, "after its limit of two was reached", AGAIN);
    Messages.marker(other, never, once, "as its limit of one was reached", AGAIN);
    letter("c", ofOnce, "the dead letter after one delivery");
    Messages.marker(other, limited.deadLetterQueue(), letters, "but its one letter", AGAIN);
    Messages.marker(other, never.deadLetterQueue(), ofOnce, "but its one letter", AGAIN);
    outage.states().clear();
    outage.cut();
    outage.restore();
    Delivery third = Messages.take(consumer);
    String more = "a count above " + second + " after the second outage";
    Check.that(third.deliveryCount() > second, more, third.deliveryCount(), AGAIN);
    third.accept();
  }

  private static ConsumerOptions limitedTo(int deliveries) {
    return Messages.manual().prefetch(1).maxDeliveries(deliveries).build();
  }

  private static void letter(String text, Consumer letters, String what) {
    Delivery letter =
        letters
            .receive(Check.LIMIT)
            .orElseThrow(() -> Check.failure(what, "none", "how hand-outs are counted over links"));
    Check.equal(text, letter.message().text(), what, AGAIN);
    Optional<DeadLetter.Reason> reason = DeadLetter.of(letter.message()).map(DeadLetter::reason);
    Check.equal(Optional.of(DeadLetter.Reason.DELIVERY_LIMIT), reason, "its reason", AGAIN);
    letter.accept();
  }

  @Scenario(
      id = "RECOV-33",
      title = "What was sent around a restart and before a crash is all there, in order",
      intent = "The second restart finds what the first one has left.",
      needs = Capability.PERSISTENCE,
      controls = {BrokerControl.STOP, BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void twoRestarts(ScenarioContext t) {
    Queue queue = t.oldQueue();
    Connection before = t.connect();
    Messages.sendNumbers(before, queue, 10);
    before.close();
    t.onClose(t.broker()::ensureUp);
    t.broker().stop();
    t.broker().restart();
    Connection between = t.connect();
    Messages.numbers(20).stream().skip(10).forEach(text -> Messages.send(between, queue, text));
    between.close();
    t.broker().kill();
    t.broker().restart();
    Consumer consumer = t.connect().createConsumer(queue);
    Check.equal(
        Messages.numbers(20),
        Messages.takeTexts(consumer, 20),
        "what two restarts have left",
        "what a start reads of what an earlier start had read");
  }
}
