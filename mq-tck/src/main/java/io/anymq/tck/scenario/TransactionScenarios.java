package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** TX: what a unit of work does. */
final class TransactionScenarios {

  static final String HELD_BACK = "that a session holds its sends back until commit";

  static final String SETTLED = "what commit and rollback do to the unit's deliveries";

  private TransactionScenarios() {}

  @Scenario(
      id = "TX-01",
      title = "Sends are visible from commit on, in order",
      intent = "Nobody sees half a unit.",
      needs = Capability.TRANSACTIONS)
  static void commitSends(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Session session = connection.createSession();
    Consumer consumer = t.connect().createConsumer(queue);
    Producer producer = session.createProducer(queue);
    Messages.numbers(5).forEach(producer::send);
    Messages.marker(connection, queue, consumer, "before commit", HELD_BACK);
    session.commit();
    List<String> received = Messages.takeTexts(consumer, 5);
    Check.equal(Messages.numbers(5), received, "what commit made visible", HELD_BACK);
  }

  @Scenario(
      id = "TX-02",
      title = "Rollback drops the sends",
      intent = "What was not committed was never sent.",
      needs = Capability.TRANSACTIONS)
  static void rollbackSends(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Session session = connection.createSession();
    Producer producer = session.createProducer(queue);
    producer.send("dropped");
    session.rollback();
    producer.send("kept");
    session.commit();
    Consumer consumer = t.connect().createConsumer(queue);
    Check.equal("kept", Messages.takeText(consumer), "the message", HELD_BACK);
    Messages.marker(connection, queue, consumer, "of the unit that was rolled back", HELD_BACK);
  }

  @Scenario(
      id = "TX-03",
      title = "Commit accepts the deliveries",
      intent = "Done is done, as in a plain consumer.",
      needs = Capability.TRANSACTIONS)
  static void commitAccepts(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 3);
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(queue, Messages.prompt().build());
    Messages.take(consumer, 3);
    session.commit();
    session.close();
    Messages.empty(t, queue, "after commit", SETTLED);
  }

  @Scenario(
      id = "TX-04",
      title = "Rollback releases the deliveries, marked and counted",
      intent = "The unit can be tried again from its beginning.",
      needs = Capability.TRANSACTIONS)
  static void rollbackReleases(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 3);
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(queue, Messages.prompt().build());
    Messages.take(consumer, 3);
    session.rollback();
    Set<String> again = new TreeSet<>();
    for (Delivery delivery : Messages.take(consumer, 3)) {
      again.add(delivery.message().text());
      Check.that(delivery.redelivered(), "redelivered() to be true", "false", SETTLED);
      Check.equal(2, delivery.deliveryCount(), "the delivery count", SETTLED);
    }
    Check.equal(Set.of("0", "1", "2"), again, "what comes again", SETTLED);
    session.commit();
    session.close();
    Messages.empty(t, queue, "after the second try was committed", SETTLED);
  }

  @Scenario(
      id = "TX-05",
      title = "One commit covers receiving and sending",
      intent = "Read, work, pass on: the classic step of a pipeline.",
      needs = Capability.TRANSACTIONS)
  static void passOn(ScenarioContext t) {
    Queue in = t.queue();
    Queue out = t.queue();
    Queue log = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, in, 4);
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(in, Messages.prompt().build());
    Producer results = session.createProducer(out);
    Producer entries = session.createProducer(log);
    for (int i = 0; i < 4; i++) {
      String text = Messages.takeText(consumer);
      results.send(text);
      entries.send("did " + text);
      session.commit();
    }
    session.close();
    Messages.empty(t, in, "after all units were committed", SETTLED);
    List<String> passed = Messages.takeTexts(connection.createConsumer(out), 4);
    Check.equal(Messages.numbers(4), passed, "the results", HELD_BACK);
    Check.equal(4, Messages.take(connection.createConsumer(log), 4).size(), "the log", HELD_BACK);
  }

  @Scenario(
      id = "TX-09",
      title = "A rejection takes effect with the commit",
      intent = "All of a unit, or nothing of it.",
      needs = {Capability.TRANSACTIONS, Capability.DEAD_LETTER})
  static void rejection(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.send(connection, queue, "bad");
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(queue, Messages.prompt().build());
    Messages.take(consumer).reject("first try");
    session.rollback();
    Delivery again = Messages.take(consumer);
    Check.equal("bad", again.message().text(), "what comes again after rollback", SETTLED);
    again.reject("second try");
    session.commit();
    Consumer morgue = connection.createConsumer(queue.deadLetterQueue());
    Check.equal("bad", Messages.takeText(morgue), "the dead letter after commit", SETTLED);
    Messages.marker(
        connection,
        queue.deadLetterQueue(),
        morgue,
        "as the first rejection was rolled back",
        SETTLED);
    Messages.marker(connection, queue, consumer, "as the second rejection was committed", SETTLED);
  }

  @Scenario(
      id = "TX-10",
      title = "A release takes effect with the commit",
      intent = "One message of a unit can be left for later.",
      needs = Capability.TRANSACTIONS)
  static void release(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 2);
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(queue, Messages.prompt().build());
    List<Delivery> unit = Messages.take(consumer, 2);
    unit.get(0).release();
    Messages.marker(connection, queue, consumer, "before commit", SETTLED);
    session.commit();
    Delivery again = Messages.take(consumer);
    Check.equal("0", again.message().text(), "what comes again after commit", SETTLED);
    session.commit();
    session.close();
    Messages.empty(t, queue, "after both were accepted", SETTLED);
  }

  @Scenario(
      id = "TX-13",
      title = "Topics take part in a unit of work",
      intent = "Events are published with the work that they tell of.",
      needs = Capability.TRANSACTIONS)
  static void topics(ScenarioContext t) {
    Topic topic = t.topic();
    Connection connection = t.connect();
    Subscription outside = connection.subscribe(topic);
    Session session = connection.createSession();
    Subscription inside = session.subscribe(topic, SubscriptionOptions.DEFAULT);
    Producer producer = session.createProducer(topic);
    producer.send("dropped");
    session.rollback();
    producer.send("kept");
    Messages.marker(connection, topic, outside, "before commit", HELD_BACK);
    Check.equal("marker", Messages.takeText(inside), "what the session's own gets", HELD_BACK);
    session.commit();
    Check.equal("kept", Messages.takeText(outside), "what is published", HELD_BACK);
    Check.equal("kept", Messages.takeText(inside), "what the session's own gets", HELD_BACK);
    session.rollback();
    Delivery again = Messages.take(inside);
    Check.that(again.redelivered(), "redelivered() to be true", "false", SETTLED);
  }

  @Scenario(
      id = "TX-15",
      title = "A session's sends and the connection's own do not mix",
      intent = "A session holds back its own, and nobody else's.",
      needs = Capability.TRANSACTIONS)
  static void separate(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Session first = connection.createSession();
    Session second = connection.createSession();
    first.createProducer(queue).send("first");
    second.createProducer(queue).send("second");
    Messages.send(connection, queue, "outside");
    Consumer consumer = t.connect().createConsumer(queue);
    Check.equal("outside", Messages.takeText(consumer), "what is visible", HELD_BACK);
    second.commit();
    Check.equal("second", Messages.takeText(consumer), "what is visible then", HELD_BACK);
    first.rollback();
    Messages.marker(connection, queue, consumer, "as the first session rolled back", HELD_BACK);
  }

  @Scenario(
      id = "TX-16",
      title = "A unit of many messages is committed whole",
      intent = "The size of a unit is the application's choice.",
      needs = Capability.TRANSACTIONS)
  static void large(ScenarioContext t) {
    Queue in = t.queue();
    Queue out = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, in, 200);
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(in, Messages.prompt().build());
    Producer producer = session.createProducer(out);
    Messages.take(consumer, 200).forEach(each -> producer.send(each.message().text()));
    session.commit();
    session.close();
    List<String> passed = Messages.takeTexts(connection.createConsumer(out), 200);
    Check.equal(Messages.numbers(200), passed, "what commit made visible", HELD_BACK);
    Messages.empty(t, in, "after a unit of 200 was committed", SETTLED);
  }
}
