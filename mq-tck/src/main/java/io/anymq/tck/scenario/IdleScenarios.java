package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** RDLV from 40 on: deliveries that no application was given. */
final class IdleScenarios {

  private static final String CHECK =
      "that a delivery counts when the application is given it, and not when it is prefetched";

  private static final String KEEPER = "keeper";
  private static final int BACKLOG = 60;
  private static final int TIMES = 12;
  private static final int LIMIT = 3;

  /**
   * Long enough for a prefetch to arrive, where no depth tells that it has. A round that misses it
   * shows nothing; of {@link #TIMES} rounds, a wrong count needs {@link #LIMIT} that do not. So a
   * machine that is too busy may hide a fault, and never makes one up.
   */
  private static final Duration PREFETCHING = Duration.ofMillis(300);

  private IdleScenarios() {}

  private static Consumer subscribe(Connection connection, Topic topic, ConsumerOptions options) {
    return connection.subscribe(
        topic, SubscriptionOptions.builder().durable(KEEPER).consumer(options).build());
  }

  private static Topic durable(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, KEEPER);
    subscribe(t.observer(), topic, ConsumerOptions.DEFAULT).close();
    return topic;
  }

  /** Waits until the messages are with the consumer, as far as somebody can tell. */
  private static void awaitPrefetch(ScenarioContext t, Destination from) {
    long deadline = System.nanoTime() + PREFETCHING.toNanos();
    Check.eventually(
        () -> System.nanoTime() - deadline > 0 || isPrefetched(t, from),
        "time to pass",
        () -> "none",
        "the clock");
  }

  private static boolean isPrefetched(ScenarioContext t, Destination from) {
    return from instanceof Queue queue
        && t.supports(Capability.QUEUE_DEPTH)
        && t.observer().depth(queue).ready().orElse(1) == 0;
  }

  /** One message has all its deliveries and is then buried, and no other is. */
  private static void nothingBuried(ScenarioContext t, Consumer consumer, Queue deadLetters) {
    int seen = 0;
    int others = 0;
    Set<Integer> different = new TreeSet<>();
    // A cut may have doubled some on their way to where their count can go on.
    while (seen < LIMIT || different.size() < BACKLOG - 1) {
      Check.that(others < 3 * BACKLOG, "60 messages", others + " and more deliveries", CHECK);
      Delivery delivery = Messages.take(consumer);
      if (delivery.message().text().equals("0")) {
        seen++;
        delivery.release();
      } else {
        others++;
        different.add(Integer.valueOf(delivery.message().text()));
        delivery.accept();
      }
    }
    try (Consumer morgue = t.observer().createConsumer(deadLetters)) {
      Check.equal("0", Messages.takeText(morgue), "the dead letter", CHECK);
      Messages.marker(t.observer(), deadLetters, morgue, "of what nobody received", CHECK);
    }
  }

  private static ConsumerOptions limited() {
    return Messages.prompt().maxDeliveries(LIMIT).build();
  }

  private static void openAndClose(
      ScenarioContext t, Destination from, int times, Function<Connection, Consumer> opening) {
    Connection connection = t.connect();
    for (int i = 0; i < times; i++) {
      try (Consumer idle = opening.apply(connection)) {
        awaitPrefetch(t, from);
        Check.that(idle != null, "a consumer", "none", CHECK);
      }
    }
  }

  @Scenario(
      id = "RDLV-40",
      title = "Consumers that open and close without receiving bury nothing",
      intent = "Ten deployments of an idle process do not cost a backlog.",
      needs = Capability.DEAD_LETTER)
  static void queue(ScenarioContext t) {
    Queue queue = t.queue();
    Messages.sendNumbers(t.observer(), queue, BACKLOG);
    openAndClose(t, queue, TIMES, connection -> connection.createConsumer(queue));
    nothingBuried(t, t.connect().createConsumer(queue, limited()), queue.deadLetterQueue());
  }

  @Scenario(
      id = "RDLV-41",
      title = "Consumers of a durable subscription that close without receiving bury nothing",
      intent = "What holds for a queue holds for a subscription.",
      needs = {Capability.DEAD_LETTER, Capability.DURABLE_SUBSCRIPTIONS})
  static void subscription(ScenarioContext t) {
    Topic topic = durable(t);
    Messages.sendNumbers(t.observer(), topic, BACKLOG);
    openAndClose(
        t, topic, TIMES, connection -> subscribe(connection, topic, ConsumerOptions.DEFAULT));
    nothingBuried(t, subscribe(t.connect(), topic, limited()), topic.deadLetterQueue());
  }

  @Scenario(
      id = "RDLV-51",
      title = "Consumers that close without receiving bury nothing, of whatever source",
      intent = "Nobody loses a backlog because it is shared, prioritized or in order.",
      needs = Capability.DEAD_LETTER,
      limitSeconds = 180)
  static void everySource(ScenarioContext t) {
    ConsumerOptions limited = limited();
    if (t.supports(Capability.PRIORITY)) {
      Queue queue = t.newQueue();
      t.observer().declare(queue, QueueOptions.builder().prioritized(true).build());
      idle(
          t,
          queue,
          queue.deadLetterQueue(),
          connection -> connection.createConsumer(queue, limited));
    }
    if (t.supports(Capability.KEY_ORDERING)) {
      Queue queue = t.queue();
      ConsumerOptions inOrder = limited.toBuilder().keyOrdered(true).build();
      idle(
          t,
          queue,
          queue.deadLetterQueue(),
          connection -> connection.createConsumer(queue, inOrder));
    }
    if (t.supports(Capability.DURABLE_SUBSCRIPTIONS)) {
      durableSources(t, limited);
    }
  }

  private static void durableSources(ScenarioContext t, ConsumerOptions limited) {
    SubscriptionOptions.Builder durable =
        SubscriptionOptions.builder().durable(KEEPER).consumer(limited);
    if (t.supports(Capability.TOPIC_PATTERNS)) {
      Topic topic = t.topic();
      TopicPattern pattern = TopicPattern.of(topic.name());
      t.onClose(() -> t.observer().unsubscribe(pattern, KEEPER));
      idle(
          t,
          topic,
          topic.deadLetterQueue(),
          connection -> connection.subscribe(pattern, durable.build()));
    }
    if (t.supports(Capability.SHARED_SUBSCRIPTIONS)) {
      Topic topic = t.topic();
      t.removeAtEnd(topic, KEEPER);
      SubscriptionOptions shared =
          SubscriptionOptions.builder().durable(KEEPER).shared(KEEPER).consumer(limited).build();
      idle(t, topic, topic.deadLetterQueue(), connection -> connection.subscribe(topic, shared));
    }
  }

  private static void idle(
      ScenarioContext t,
      Destination from,
      Queue deadLetters,
      Function<Connection, Consumer> opening) {
    opening.apply(t.observer()).close(); // a subscription must be there before what it is to get
    Messages.sendNumbers(t.observer(), from, BACKLOG);
    openAndClose(t, from, LIMIT + 1, opening);
    try (Consumer consumer = opening.apply(t.connect())) {
      nothingBuried(t, consumer, deadLetters);
    }
  }

  @Scenario(
      id = "RDLV-42",
      title = "Consumers whose connection is cut before they receive bury nothing",
      intent = "A bad network does not cost a backlog either.",
      needs = Capability.DEAD_LETTER,
      controls = BrokerControl.CUT_NETWORK,
      limitSeconds = 240)
  static void cut(ScenarioContext t) {
    Queue queue = t.queue();
    Messages.sendNumbers(t.observer(), queue, BACKLOG);
    openAndCut(t, queue, connection -> connection.createConsumer(queue));
    nothingBuried(t, t.connect().createConsumer(queue, limited()), queue.deadLetterQueue());
  }

  @Scenario(
      id = "RDLV-48",
      title = "Consumers of a durable subscription whose connection is cut bury nothing",
      intent = "A bad network does not cost a subscriber its backlog.",
      needs = {Capability.DEAD_LETTER, Capability.DURABLE_SUBSCRIPTIONS},
      controls = BrokerControl.CUT_NETWORK,
      limitSeconds = 240)
  static void subscriptionCut(ScenarioContext t) {
    Topic topic = durable(t);
    Messages.sendNumbers(t.observer(), topic, BACKLOG);
    openAndCut(t, topic, connection -> subscribe(connection, topic, ConsumerOptions.DEFAULT));
    nothingBuried(
        t,
        open(t.connect(), connection -> subscribe(connection, topic, limited())),
        topic.deadLetterQueue());
  }

  /** A subscription that was cut off is free when its broker has noticed. */
  private static Consumer open(Connection connection, Function<Connection, Consumer> opening) {
    AtomicReference<@Nullable Consumer> opened = new AtomicReference<>();
    Check.eventually(
        () -> {
          try {
            opened.set(opening.apply(connection));
            return true;
          } catch (MessagingException e) {
            if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
              return false;
            }
            throw e;
          }
        },
        "the subscription to be free",
        () -> "that it is in use",
        CHECK);
    return Objects.requireNonNull(opened.get());
  }

  private static void openAndCut(
      ScenarioContext t, Destination from, Function<Connection, Consumer> opening) {
    t.onClose(t.broker()::restoreNetwork);
    for (int i = 0; i < TIMES; i++) {
      Connection mortal =
          t.connectProxied(o -> o.option("recovery", "false"), (which, state, cause) -> {});
      Consumer unused = open(mortal, opening);
      awaitPrefetch(t, from);
      t.broker().cutNetwork();
      Check.eventually(
          () -> mortal.state() == ConnectionState.CLOSED,
          "the connection to be lost",
          mortal::state,
          CHECK);
      t.broker().restoreNetwork();
    }
  }
}
