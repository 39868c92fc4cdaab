package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/** RECOV: what a lost connection does by itself. */
final class RecoveryScenarios {

  private static final String AGAIN = "what is made again on a new link";

  private RecoveryScenarios() {}

  @Scenario(
      id = "RECOV-01",
      title = "A lost connection recovers, and says so",
      intent = "The application does nothing, and can see what happens.",
      controls = BrokerControl.CUT_NETWORK)
  static void states(ScenarioContext t) {
    Outage outage = Outage.of(t);
    outage.cut();
    outage.restore();
    Check.eventually(
        () ->
            outage.states().contains(ConnectionState.RECOVERING)
                && outage.states().get(outage.states().size() - 1) == ConnectionState.OPEN,
        "OPENING, OPEN, RECOVERING, OPEN",
        outage::states,
        "the states that the listener is told");
    outage.connection().declare(t.queue());
  }

  @Scenario(
      id = "RECOV-02",
      title = "A waiting receive goes on waiting, and gets the next message",
      intent = "A consumer does not notice an outage.",
      controls = BrokerControl.CUT_NETWORK)
  static void receive(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Consumer consumer = outage.connection().createConsumer(queue);
    Duration overTheOutage = Check.LIMIT.multipliedBy(3);
    Future<Optional<Delivery>> waiting =
        ThreadWatch.waiting(t, () -> consumer.receive(overTheOutage), "receive");
    outage.cut();
    outage.restore();
    Messages.send(t.connect(), queue, "a");
    Optional<Delivery> delivery = Check.completes(waiting, "the receive over the outage", AGAIN);
    Check.equal(Optional.of("a"), delivery.map(d -> d.message().text()), "the message", AGAIN);
  }

  @Scenario(
      id = "RECOV-03",
      title = "A listener goes on after an outage",
      intent = "Consumers are made again with all that they were.",
      controls = BrokerControl.CUT_NETWORK)
  static void listener(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    outage
        .connection()
        .createConsumer(
            queue, ConsumerOptions.DEFAULT, delivery -> handled.add(delivery.message().text()));
    Connection sender = t.connect();
    Messages.send(sender, queue, "before");
    Check.eventually(() -> handled.contains("before"), "before", () -> handled, AGAIN);
    outage.cut();
    Messages.send(sender, queue, "during");
    outage.restore();
    Messages.send(sender, queue, "after");
    Check.eventually(
        () -> handled.containsAll(List.of("during", "after")),
        "what was sent during and after the outage",
        () -> handled,
        AGAIN);
  }

  @Scenario(
      id = "RECOV-04",
      title = "A send during an outage waits, and is confirmed after it",
      intent = "Senders need not know.",
      controls = BrokerControl.CUT_NETWORK)
  static void send(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Producer producer = outage.connection().createProducer(queue);
    producer.send("0");
    outage.cut();
    Future<Message> blocked = ThreadWatch.waiting(t, () -> producer.send("1"), "send");
    CompletableFuture<Message> later = producer.sendAsync(Message.text("2"));
    outage.restore();
    Message sent = Check.completes(blocked, "the send over the outage", AGAIN);
    Check.completes(later, "the asynchronous send over the outage", AGAIN);
    Consumer consumer = t.connect().createConsumer(queue);
    Set<String> texts = new TreeSet<>();
    Set<String> ids = new TreeSet<>();
    while (texts.size() < 3) {
      Message message = Messages.take(consumer).message();
      texts.add(message.text());
      ids.add(message.id().orElse(""));
    }
    Check.equal(Set.of("0", "1", "2"), texts, "what arrived", AGAIN);
    Check.that(ids.contains(sent.id().orElse("none")), "the id that send returned", ids, "ids");
    Check.equal(3, ids.size(), "the number of ids, re-sends included,", "that re-sends keep ids");
  }

  @Scenario(
      id = "RECOV-05",
      title = "Unsettled deliveries come again after an outage, marked",
      intent = "What was in hand is not lost, and not taken for new.",
      controls = BrokerControl.CUT_NETWORK)
  static void unsettled(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Messages.sendNumbers(t.connect(), queue, 3);
    Consumer consumer = outage.connection().createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer, 3);
    outage.cut();
    outage.restore();
    Set<String> again = new TreeSet<>();
    for (Delivery delivery : Messages.take(consumer, 3)) {
      again.add(delivery.message().text());
      Check.that(delivery.redelivered(), "redelivered() to be true", "false", "the native flag");
      delivery.accept();
    }
    Check.equal(Set.of("0", "1", "2"), again, "what comes again", AGAIN);
  }

  @Scenario(
      id = "RECOV-06",
      title = "A settlement from before an outage touches nothing after it",
      intent = "Tags and offsets of a dead link never mean another message.",
      controls = BrokerControl.CUT_NETWORK)
  static void staleSettlement(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Messages.sendNumbers(t.connect(), queue, 4);
    Consumer consumer = outage.connection().createConsumer(queue, Messages.manual(4));
    List<Delivery> stale = Messages.take(consumer, 4);
    outage.cut();
    outage.restore();
    List<Delivery> fresh = Messages.take(consumer, 4);
    stale.get(0).accept();
    stale.get(1).release();
    stale.get(2).reject("stale");
    stale.get(3).accept();
    consumer.close();
    Set<String> left = new TreeSet<>();
    try (Consumer next = outage.connection().createConsumer(queue)) {
      Messages.take(next, 4).forEach(delivery -> left.add(delivery.message().text()));
      Messages.marker(
          outage.connection(), queue, next, "beyond the 4 messages", "stale settlements");
    }
    String check = "that a settlement is bound to the link that brought its delivery";
    Check.equal(Set.of("0", "1", "2", "3"), left, "what is left after stale settlements", check);
    Check.equal(4, fresh.size(), "the fresh deliveries", check);
  }

  @Scenario(
      id = "RECOV-07",
      title = "A plain subscription is live again after an outage",
      intent = "What is sent once the connection is open again arrives.",
      controls = BrokerControl.CUT_NETWORK)
  static void subscription(ScenarioContext t) {
    Topic topic = t.topic();
    Outage outage = Outage.of(t);
    Subscription subscription = outage.connection().subscribe(topic);
    outage.cut();
    outage.restore();
    Messages.send(t.connect(), topic, "after");
    Check.equal("after", Messages.takeText(subscription), "the message after the outage", AGAIN);
  }

  @Scenario(
      id = "RECOV-08",
      title = "A durable subscription misses nothing over an outage",
      intent = "It keeps what is sent while its consumer is cut off.",
      needs = Capability.DURABLE_SUBSCRIPTIONS,
      controls = BrokerControl.CUT_NETWORK)
  static void durable(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, "keeper");
    Outage outage = Outage.of(t);
    Subscription subscription =
        outage.connection().subscribe(topic, SubscriptionOptions.durable("keeper"));
    outage.cut();
    Messages.sendNumbers(t.connect(), topic, 5);
    outage.restore();
    List<String> received = Messages.takeTexts(subscription, 5);
    Check.equal(Messages.numbers(5), received, "what was sent during the outage", AGAIN);
  }

  @Scenario(
      id = "RECOV-13",
      title = "Two outages in a row are survived like one",
      intent = "Recovery leaves the connection as good as new.",
      controls = BrokerControl.CUT_NETWORK)
  static void twice(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Consumer consumer = outage.connection().createConsumer(queue);
    Producer producer = outage.connection().createProducer(queue);
    for (int i = 0; i < 2; i++) {
      outage.states().clear();
      outage.cut();
      outage.restore();
      producer.send("round " + i);
      awaitText(consumer, "round " + i);
    }
  }

  @Scenario(
      id = "RECOV-14",
      title = "A session whose connection was lost rolls its unit back",
      intent = "Half a unit is never committed in silence.",
      needs = Capability.TRANSACTIONS,
      controls = BrokerControl.CUT_NETWORK)
  static void session(ScenarioContext t) {
    Queue in = t.queue();
    Queue out = t.queue();
    Outage outage = Outage.of(t);
    Messages.send(t.connect(), in, "a");
    Session session = outage.connection().createSession();
    Consumer consumer = session.createConsumer(in, Messages.prompt().build());
    Producer producer = session.createProducer(out);
    producer.send(Messages.takeText(consumer));
    outage.cut();
    outage.restore();
    Check.refused(
        session::commit,
        "commit of a unit whose deliveries were lost with their link",
        "that a unit knows the link of its deliveries",
        ErrorCode.ROLLED_BACK);
    Messages.empty(t, out, "of the unit that was rolled back", "what a failed commit sends");
    producer.send(Messages.takeText(consumer));
    session.commit();
    String passed = Messages.takeText(t.connect().createConsumer(out));
    Check.equal("a", passed, "what the second try committed", AGAIN);
  }

  @Scenario(
      id = "RECOV-15",
      title = "A broker that falls silent is noticed, and work goes on when it is back",
      intent = "A connection that looks open and is dead does not stay so.",
      controls = BrokerControl.PAUSE,
      limitSeconds = 90)
  static void silence(ScenarioContext t) {
    Queue queue = t.queue();
    List<ConnectionState> states = new CopyOnWriteArrayList<>();
    Connection connection = t.connectAttentive((which, state, cause) -> states.add(state));
    Consumer consumer = connection.createConsumer(queue);
    Messages.send(connection, queue, "before");
    Messages.take(consumer).accept();
    t.onClose(t.broker()::resume);
    t.broker().pause();
    CompletableFuture<Message> sent = connection.sendAsync(queue, Message.text("during"));
    Check.eventually(
        Check.LIMIT.multipliedBy(2),
        () -> states.contains(ConnectionState.RECOVERING),
        "the state RECOVERING while the broker is silent",
        () -> states,
        "how a link notices that nobody answers on it");
    Check.that(!sent.isDone(), "no confirmation from a silent broker", "one", "confirmations");
    t.broker().resume();
    Check.completes(sent, "the send once the broker goes on", AGAIN);
    awaitText(consumer, "during");
  }

  /** An acceptance that the outage overtook brings its message again: that is passed over here. */
  private static void awaitText(Consumer consumer, String text) {
    Delivery delivery = Messages.take(consumer);
    while (delivery.redelivered() && !delivery.message().text().equals(text)) {
      delivery = Messages.take(consumer);
    }
    Check.equal(text, delivery.message().text(), "the message", AGAIN);
  }
}
