package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.SubscriptionOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** KEY: messages of one key, one after the other, in order. */
final class KeyScenarios {

  private static final String CHECK =
      "what is delivered while a message of the same key is unsettled, and to whom";

  /** Longer than it takes to get what may come at once. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final List<String> KEYS = List.of("a", "b", "c");
  private static final int OF_EACH = 8;

  private KeyScenarios() {}

  private static List<Delivery> gather(int count, Consumer... consumers) {
    return Keys.gather(count, CHECK, consumers);
  }

  private static void expect(List<String> expected, List<Delivery> seen, String what) {
    Check.equal(expected, Messages.texts(seen).stream().sorted().toList(), what, CHECK);
  }

  @Scenario(
      id = "KEY-01",
      title = "Messages of a key come in order and one at a time, over several consumers",
      intent = "Work is shared out without mixing up what belongs together.",
      needs = Capability.KEY_ORDERING)
  static void severalConsumers(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    KeyWatch watch = watch(isNative(connection));
    ConsumerOptions options = ConsumerOptions.builder().keyOrdered(true).prefetch(1).build();
    for (int i = 0; i < 3; i++) {
      t.connect().createConsumer(queue, options, watch);
    }
    judge(connection, queue, watch);
  }

  @Scenario(
      id = "KEY-02",
      title = "A listener's concurrency keeps the order of each key",
      intent = "Threads of one process are no reason to mix up what belongs together.",
      needs = Capability.KEY_ORDERING)
  static void concurrency(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    KeyWatch watch = watch(true);
    ConsumerOptions options = ConsumerOptions.builder().keyOrdered(true).concurrency(4).build();
    t.connect().createConsumer(queue, options, watch);
    judge(connection, queue, watch);
  }

  private static KeyWatch watch(boolean othersCome) {
    return new KeyWatch((KEYS.size() - 1) * OF_EACH, othersCome);
  }

  /** Whether the broker keeps the order, so that every consumer has something to do. */
  private static boolean isNative(Connection connection) {
    return connection.capabilities().support().get(Capability.KEY_ORDERING) == Support.NATIVE;
  }

  private static void judge(Connection connection, Queue queue, KeyWatch watch) {
    for (int i = 0; i < OF_EACH; i++) {
      for (String key : KEYS) {
        Keys.send(connection, queue, key + i);
      }
    }
    Check.eventually(
        () -> watch.handled() >= KEYS.size() * OF_EACH,
        KEYS.size() * OF_EACH + " messages handled",
        watch::handled,
        CHECK);
    Check.equal(List.of(), watch.overlaps(), "messages handled at one time with their key", CHECK);
    for (String key : KEYS) {
      Check.equal(
          List.of(Keys.numbered(key, OF_EACH)), watch.of(key), "the order of key " + key, CHECK);
    }
  }

  @Scenario(
      id = "KEY-03",
      title = "Other keys, and messages without one, are not held up",
      intent = "Order by key costs what it must and no more.",
      needs = Capability.KEY_ORDERING)
  static void othersGoOn(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(10));
    Keys.send(connection, queue, "a0", "a1", "b0", "c0");
    Messages.send(connection, queue, "free 0", "free 1");
    List<Delivery> held = gather(5, consumer);
    expect(List.of("a0", "b0", "c0", "free 0", "free 1"), held, "what comes at one time");
  }

  @Scenario(
      id = "KEY-04",
      title = "While a message is unsettled, no other of its key is delivered",
      intent = "One after the other means that the first is done.",
      needs = Capability.KEY_ORDERING)
  static void oneAtATime(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    // The second may hold one: of three that come too early, one comes to the first, before
    // markers.
    Consumer first = t.connect().createConsumer(queue, Keys.ordered(10));
    Consumer second = t.connect().createConsumer(queue, Keys.ordered(1));
    Keys.send(connection, queue, "a0", "a1", "a2");
    Delivery held = gather(1, first, second).get(0);
    Check.equal("a0", held.message().text(), "the first of a key", CHECK);
    Keys.quiet(connection, queue, "of a key that is in hand", CHECK, first, second);
    held.accept();
    expect(List.of("a1"), gather(1, first, second), "what comes when it is done");
  }

  @Scenario(
      id = "KEY-05",
      title = "A released message comes before later ones of its key",
      intent = "A second attempt does not lose its place.",
      needs = Capability.KEY_ORDERING)
  static void release(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Keys.send(connection, queue, "a0", "a1", "a2");
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(10));
    Messages.take(consumer).release();
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Delivery delivery = Messages.take(consumer);
      order.add(delivery.message().text() + " " + delivery.deliveryCount());
      delivery.accept();
    }
    Check.equal(List.of("a0 2", "a1 1", "a2 1"), order, "the order, with counts", CHECK);
  }

  @Scenario(
      id = "KEY-06",
      title = "A delayed release holds its key, and no other",
      intent = "What belongs together waits together.",
      needs = {Capability.KEY_ORDERING, Capability.REDELIVERY_DELAY})
  static void delayedRelease(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Keys.send(connection, queue, "a0", "a1", "b0", "b1");
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(2));
    List<Delivery> held = gather(2, consumer);
    expect(List.of("a0", "b0"), held, "one of each key");
    for (Delivery delivery : held) {
      if (delivery.message().text().equals("a0")) {
        delivery.release(PAUSE);
      } else {
        delivery.accept();
      }
    }
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Delivery delivery = Messages.take(consumer);
      order.add(delivery.message().text());
      delivery.accept();
    }
    Check.equal(List.of("b1", "a0", "a1"), order, "the order", CHECK);
  }

  @Scenario(
      id = "KEY-07",
      title = "A key goes on with another consumer when its consumer has gone",
      intent = "A handler that dies takes no key along.",
      needs = Capability.KEY_ORDERING)
  static void handedOn(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Connection first = t.connect();
    Consumer gone = first.createConsumer(queue, Keys.ordered(1));
    Keys.send(connection, queue, "a0", "a1");
    String held = Messages.take(gone).message().text();
    Check.equal("a0", held, "what the first consumer holds", CHECK);
    Consumer heir = t.connect().createConsumer(queue, Keys.ordered(10));
    if (isNative(connection)) {
      Keys.quiet(connection, queue, "while the first consumer holds the key", CHECK, heir);
    } // else no marker can come to one that waits for its turn
    first.close();
    Delivery again = Messages.take(heir);
    Check.equal("a0", again.message().text(), "what comes first to the heir", CHECK);
    Check.that(again.redelivered(), "the mark of a redelivery", again, CHECK);
    again.accept();
    Check.equal("a1", Messages.takeText(heir), "what comes next", CHECK);
  }

  @Scenario(
      id = "KEY-08",
      title = "A backlog of one key fills no prefetch",
      intent = "A busy customer does not shut out the others.",
      needs = Capability.KEY_ORDERING)
  static void backlog(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Keys.send(connection, queue, Keys.numbered("a", 20));
    Keys.send(connection, queue, "b0");
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(2));
    expect(List.of("a0", "b0"), gather(2, consumer), "what comes at one time");
  }

  @Scenario(
      id = "KEY-09",
      title = "A rejected message lets its key go on",
      intent = "A poisoned message stops its key for no longer than it is tried.",
      needs = {Capability.KEY_ORDERING, Capability.DEAD_LETTER})
  static void reject(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Keys.send(connection, queue, "a0", "a1");
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(10));
    Messages.take(consumer).reject("bad");
    Check.equal("a1", Messages.takeText(consumer), "what comes after the rejected one", CHECK);
  }

  @Scenario(
      id = "KEY-10",
      title = "A consumer that did not ask for the order of keys does not break it",
      intent = "Who asked for order has it, whoever else is there.",
      needs = Capability.KEY_ORDERING)
  static void mixed(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer keyed = t.connect().createConsumer(queue, Keys.ordered(1));
    Consumer plain;
    try {
      plain = t.connect().createConsumer(queue, Messages.manual(10));
    } catch (MessagingException e) {
      Check.equal(
          ErrorCode.SUBSCRIPTION_IN_USE, e.code(), "the refusal of one that would break it", CHECK);
      return;
    }
    Keys.send(connection, queue, "a0", "a1", "a2");
    Delivery held = gather(1, keyed, plain).get(0);
    Check.equal("a0", held.message().text(), "the first of a key", CHECK);
    Keys.quiet(connection, queue, "of a key that is in hand", CHECK, keyed, plain);
    held.accept();
    Delivery next = gather(1, keyed, plain).get(0);
    Check.equal("a1", next.message().text(), "the next of the key", CHECK);
  }

  @Scenario(
      id = "KEY-11",
      title = "A shared subscription keeps the order of keys",
      intent = "What holds for a queue holds for those who share a subscription.",
      needs = {Capability.KEY_ORDERING, Capability.SHARED_SUBSCRIPTIONS})
  static void shared(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    SubscriptionOptions.Builder options = SubscriptionOptions.builder().shared("s");
    Consumer first = t.connect().subscribe(topic, options.consumer(Keys.ordered(10)).build());
    Consumer second = t.connect().subscribe(topic, options.consumer(Keys.ordered(1)).build());
    Keys.send(connection, topic, "a0", "a1", "b0");
    List<Delivery> held = gather(2, first, second);
    expect(List.of("a0", "b0"), held, "what comes at one time");
    Keys.quiet(connection, topic, "of keys that are in hand", CHECK, first, second);
    held.forEach(Delivery::accept);
    expect(List.of("a1"), gather(1, first, second), "what comes then");
  }

  @Scenario(
      id = "KEY-12",
      title = "What waits for its key is in the depth",
      intent = "A backlog is a backlog, whatever it waits for.",
      needs = {Capability.KEY_ORDERING, Capability.QUEUE_DEPTH})
  static void depth(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(10));
    Keys.send(connection, queue, "a0", "a1", "a2", "b0");
    List<Delivery> held = gather(2, consumer);
    expect(List.of("a0", "b0"), held, "one of each key");
    boolean ready = isNative(connection);
    Check.eventually(
        () -> tellsWhatWaits(connection.depth(queue), ready),
        "a depth of 4 with those in flight, and of 2 without, where the broker keeps what waits",
        () -> connection.depth(queue),
        CHECK);
    consumer.close();
    Check.eventually(
        () -> connection.depth(queue).atRest() == 4,
        "a depth of 4 when the consumer has gone",
        () -> connection.depth(queue),
        CHECK);
  }

  private static boolean tellsWhatWaits(QueueDepth depth, boolean ready) {
    return depth.total().orElse(4) == 4 && (!ready || depth.ready().orElse(2) == 2);
  }
}
