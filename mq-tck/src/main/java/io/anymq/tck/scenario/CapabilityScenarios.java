package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** CAP: what is declared works, what is not declared is refused; means beyond filters and time. */
final class CapabilityScenarios {

  private static final String DECLARED = "what is declared, or leave it undeclared";

  private CapabilityScenarios() {}

  @Scenario(
      id = "CAP-01",
      title = "PERSISTENCE: declared and kept, or refused",
      intent = "Who needs durability is told early where there is none.",
      needs = Capability.PERSISTENCE)
  static void persistence(ScenarioContext t) {
    Connection connection = t.connect(o -> o.require(Capability.PERSISTENCE));
    Queue queue = t.queue();
    connection.send(queue, Message.builder().text("a").persistent(true).build());
    Message received = Messages.take(t.connect().createConsumer(queue)).message();
    Check.that(received.persistent(), "a persistent message", received, DECLARED);
  }

  @Scenario(
      id = "CAP-02",
      title = "TRANSACTIONS: declared and done, or refused",
      intent = "A session that is no unit of work is never handed out.",
      needs = Capability.TRANSACTIONS)
  static void transactions(ScenarioContext t) {
    Queue queue = t.queue();
    try (Session session = t.connect().createSession()) {
      session.createProducer(queue).send("a");
      session.commit();
    }
    Check.equal(
        "a", Messages.takeText(t.connect().createConsumer(queue)), "what was sent", DECLARED);
  }

  @Scenario(
      id = "CAP-03",
      title = "ATOMIC_TRANSACTIONS: declared and done, or refused",
      intent = "One step means one step: a unit that cannot be accepted sends nothing.",
      needs = Capability.ATOMIC_TRANSACTIONS)
  static void atomicTransactions(ScenarioContext t) {
    Connection connection = t.connect();
    Queue in = t.queue();
    Queue out = t.queue();
    Messages.send(connection, in, "a");
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(in, Messages.prompt().build());
    session.createProducer(out).send(Messages.takeText(consumer));
    session.commit();
    session.close();
    Messages.empty(t, in, "after one commit", DECLARED);
    Consumer results = connection.createConsumer(out);
    Check.equal("a", Messages.takeText(results), "the result", DECLARED);
    if (t.supports(Capability.TEMPORARY_QUEUES)) {
      refusedUnit(t, in, out, results);
    }
  }

  /** One of the sends cannot be done, so that nothing of the unit may be. */
  private static void refusedUnit(ScenarioContext t, Queue in, Queue out, Consumer results) {
    Connection connection = t.connect();
    Connection requester = t.connect();
    Queue gone = requester.createTemporaryQueue();
    Messages.send(connection, in, "b");
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(in, Messages.prompt().build());
    Producer result = session.createProducer(out);
    Producer answer = session.createProducer(gone);
    requester.close();
    Check.eventually(
        () -> !connection.exists(gone), "the requester's queue to go", () -> gone, DECLARED);
    result.send(Messages.takeText(consumer));
    answer.send("for nobody");
    Check.refused(
        session::commit,
        "commit of a unit with a send to nowhere",
        DECLARED,
        ErrorCode.ROLLED_BACK);
    Messages.marker(connection, out, results, "of a unit that was rolled back", DECLARED);
    Delivery again = Messages.take(consumer);
    Check.equal("b", again.message().text(), "what comes again", DECLARED);
    Check.that(again.redelivered(), "the mark of a redelivery", again, DECLARED);
  }

  @Scenario(
      id = "CAP-04",
      title = "DELIVERY_COUNT: declared and true through a crash, or refused",
      intent = "A count that starts again at one is no count.",
      needs = Capability.DELIVERY_COUNT)
  static void deliveryCount(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.send(connection, queue, "a");
    Messages.take(connection.createConsumer(queue, Messages.manual(1)));
    connection.close();
    Delivery again = Messages.take(t.connect().createConsumer(queue));
    Check.equal(2, again.deliveryCount(), "the count for the second consumer", DECLARED);
  }

  @Scenario(
      id = "CAP-05",
      title = "DEAD_LETTER: declared and done, or refused",
      intent = "Bad messages have a place.",
      needs = Capability.DEAD_LETTER)
  static void deadLetter(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Messages.take(connection.createConsumer(queue, Messages.MANUAL)).reject("bad");
    Message dead = Messages.take(connection.createConsumer(queue.deadLetterQueue())).message();
    Check.that(DeadLetter.of(dead).isPresent(), "a dead letter with its reason", dead, DECLARED);
  }

  @Scenario(
      id = "CAP-06",
      title = "DURABLE_SUBSCRIPTIONS: declared and kept, or refused",
      intent = "A plain subscription is never sold as a durable one.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void durable(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, "keeper");
    Connection connection = t.connect();
    connection.subscribe(topic, SubscriptionOptions.durable("keeper")).close();
    Messages.send(connection, topic, "a");
    Subscription again = connection.subscribe(topic, SubscriptionOptions.durable("keeper"));
    Check.equal("a", Messages.takeText(again), "what was kept", DECLARED);
  }

  @Scenario(
      id = "CAP-07",
      title = "SHARED_SUBSCRIPTIONS: declared and shared out, or refused",
      intent = "Each message goes to one of those who share.",
      needs = Capability.SHARED_SUBSCRIPTIONS)
  static void shared(ScenarioContext t) {
    Topic topic = t.topic();
    SubscriptionOptions options =
        SubscriptionOptions.builder().shared("team").consumer(Messages.manual(1)).build();
    Subscription first = t.connect().subscribe(topic, options);
    Subscription second = t.connect().subscribe(topic, options);
    Messages.sendNumbers(t.connect(), topic, 8);
    Set<String> received = new TreeSet<>();
    for (int round = 0; round < 4; round++) {
      List<Delivery> held = List.of(Messages.take(first), Messages.take(second));
      received.addAll(Messages.texts(held));
      Check.equal(2 * (round + 1), received.size(), "the number of different messages", DECLARED);
      held.forEach(Delivery::accept);
    }
  }

  @Scenario(
      id = "CAP-08",
      title = "TOPIC_PATTERNS: declared and matched, or refused",
      intent = "A pattern names the topics that it says, those made later too.",
      needs = Capability.TOPIC_PATTERNS)
  static void patterns(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    Topic meant = Topic.of(base + ".eu.created");
    Topic other = Topic.of(base + ".eu.deleted");
    List.of(meant, other).forEach(t::adopt);
    TopicPattern pattern = TopicPattern.of(base + ".*.created");
    Subscription subscription = connection.subscribe(pattern, SubscriptionOptions.DEFAULT);
    Messages.send(connection, other, "not meant");
    Messages.send(connection, meant, "meant");
    Delivery delivery = Messages.take(subscription);
    Check.equal("meant", delivery.message().text(), "the message", DECLARED);
    Check.equal(meant, delivery.destination(), "the topic of the message", DECLARED);
    Messages.marker(connection, meant, subscription, "from another topic", DECLARED);
  }

  @Scenario(
      id = "CAP-09",
      title = "BROWSE: declared and passive, or refused",
      intent = "Looking takes nothing and marks nothing.",
      needs = Capability.BROWSE)
  static void browse(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    List<String> seen = new ArrayList<>();
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      browser.forEachRemaining(message -> seen.add(message.text()));
    }
    Check.equal(Messages.numbers(5), seen, "what the browser sees", DECLARED);
    List<Delivery> all = Messages.take(connection.createConsumer(queue), 5);
    Check.equal(Messages.numbers(5), Messages.texts(all), "what is still there", DECLARED);
    Check.that(!all.get(0).redelivered(), "unmarked deliveries", "marked ones", DECLARED);
  }

  @Scenario(
      id = "CAP-10",
      title = "PURGE: declared and done, or refused",
      intent = "Emptied is empty.",
      needs = Capability.PURGE)
  static void purge(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    connection.purge(queue);
    Messages.empty(t, queue, "after purge", DECLARED);
  }

  @Scenario(
      id = "CAP-11",
      title = "TEMPORARY_QUEUES: declared and gone with their connection, or refused",
      intent = "Nobody has to clear up behind a program that crashed.",
      needs = Capability.TEMPORARY_QUEUES)
  static void temporaryQueues(ScenarioContext t) {
    Connection owner = t.connect();
    Queue queue = owner.createTemporaryQueue();
    Connection other = t.connect();
    Messages.send(other, queue, "a");
    Check.equal("a", Messages.takeText(owner.createConsumer(queue)), "the message", DECLARED);
    owner.close();
    Check.eventually(
        () -> !other.exists(queue), "the queue to go with its connection", () -> queue, DECLARED);
  }

  @Scenario(
      id = "CAP-12",
      title = "BOUNDED_QUEUES: declared and refusing when full, or refused",
      intent = "A full queue says so, and drops nothing.",
      needs = Capability.BOUNDED_QUEUES)
  static void boundedQueues(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().maxLength(3).build());
    Messages.sendNumbers(connection, queue, 3);
    Check.refused(
        QueueFullException.class,
        () -> connection.send(queue, Message.text("one too many")),
        "a send to a full queue",
        DECLARED);
    List<String> texts = Messages.takeTexts(connection.createConsumer(queue), 3);
    Check.equal(Messages.numbers(3), texts, "what the queue holds", DECLARED);
    Check.eventually(
        () -> accepts(connection, queue), "room after 3 were accepted", () -> "none", DECLARED);
  }

  @Scenario(
      id = "CAP-13",
      title = "QUEUE_DEPTH: declared and told, or refused",
      intent = "A number is right, or there is none.",
      needs = Capability.QUEUE_DEPTH)
  static void depth(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a", "b");
    Check.equal(2L, connection.depth(queue).atRest(), "the depth", DECLARED);
  }

  @Scenario(
      id = "CAP-14",
      title = "IN_FLIGHT_COUNT: declared and told, or left out",
      intent = "A number that is not known is not made up.",
      needs = {Capability.QUEUE_DEPTH, Capability.IN_FLIGHT_COUNT})
  static void inFlight(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a", "b");
    Messages.take(connection.createConsumer(queue, Messages.manual(1)));
    Check.eventually(
        () -> connection.depth(queue).inFlight().orElse(-1) == 1,
        "an in-flight count of 1",
        () -> connection.depth(queue),
        DECLARED);
  }

  @Scenario(
      id = "CAP-15",
      title = "REPLAY: declared and from the beginning, or refused",
      intent = "The past is there as it was, in order.",
      needs = Capability.REPLAY)
  static void replay(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.sendNumbers(connection, topic, 5);
    Subscription subscription =
        connection.subscribe(
            topic, SubscriptionOptions.builder().replayFrom(Instant.EPOCH).build());
    Check.equal(
        Messages.numbers(5), Messages.takeTexts(subscription, 5), "what is replayed", DECLARED);
  }

  @Scenario(
      id = "CAP-16",
      title = "REQUEST_REPLY: declared, or refused",
      intent = "A question is asked where an answer can come back.",
      needs = Capability.REQUEST_REPLY)
  static void requestReply(ScenarioContext t) {
    Connection connection = t.connect();
    Queue questions = t.queue();
    Queue answers = t.queue();
    connection.send(questions, Message.text("?").toBuilder().replyTo(answers).build());
    Message asked = Messages.take(connection.createConsumer(questions)).message();
    connection.send(
        asked.replyTo().orElse(questions),
        Message.text("!").toBuilder().correlationId(asked.id().orElse("")).build());
    Message answer = Messages.take(connection.createConsumer(answers)).message();
    Check.equal(asked.id(), answer.correlationId(), "the answer's correlation id", DECLARED);
  }

  private static boolean accepts(Connection connection, Queue queue) {
    try {
      connection.send(queue, Message.text("again"));
      return true;
    } catch (QueueFullException e) {
      return false;
    }
  }
}
