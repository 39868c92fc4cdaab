package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** RECV: several consumers of one queue, and what each may hold. */
final class CompetingScenarios {

  private CompetingScenarios() {}

  @Scenario(
      id = "RECV-06",
      title = "Competing consumers share the messages",
      intent = "Each message goes to one of them.")
  static void competing(ScenarioContext t) {
    Queue queue = t.queue();
    Connection sender = t.connect();
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    ConsumerOptions options = ConsumerOptions.builder().prefetch(1).build();
    for (int i = 0; i < 3; i++) {
      t.connect()
          .createConsumer(queue, options, delivery -> received.add(delivery.message().text()));
    }
    Messages.sendNumbers(sender, queue, 60);
    Check.eventually(
        () -> received.size() >= 60, "60 messages", received::size, "whether all are delivered");
    List<String> sorted = received.stream().sorted(Comparator.comparing(Integer::valueOf)).toList();
    Check.equal(Messages.numbers(60), sorted, "each message once", "what two consumers both got");
  }

  @Scenario(
      id = "RECV-07",
      title = "A slow consumer does not starve a fast one",
      intent = "What waits behind a slow handler is free for others.")
  static void slowAndFast(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Consumer slow = connection.createConsumer(queue, Messages.manual(1));
    Messages.send(connection, queue, "held");
    Delivery held = Messages.take(slow);
    Messages.sendNumbers(connection, queue, 20);
    Consumer fast = t.connect().createConsumer(queue, Messages.manual(1));
    for (int i = 0; i < 20; i++) {
      Messages.take(fast).accept();
    }
    held.accept();
  }

  @Scenario(
      id = "RECV-08",
      title = "Prefetch bounds what a consumer holds unsettled",
      intent = "A consumer that settles nothing gets no more than it asked for.")
  static void prefetch(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 10);
    Consumer first = connection.createConsumer(queue, Messages.manual(3));
    List<Delivery> held = Messages.take(first, 3);
    String check = "that credit is given back by settling, and not by handing over";
    Consumer second = t.connect().createConsumer(queue, Messages.manual(10));
    Messages.take(second, 7);
    Messages.marker(connection, queue, second, "as 3 are held by another consumer", check);
    // A marker cannot come to one that holds all it may; the second one's 7 and their marker can.
    List<Delivery> more = first.receiveNoWait().stream().toList();
    Check.equal(List.of(), Messages.texts(more), "what the first gets while it holds 3", check);
    held.forEach(Delivery::accept);
  }

  @Scenario(
      id = "RECV-16",
      title = "Each of several consumers has its share of a backlog, whenever it comes",
      intent = "Nobody starves while there is work.")
  static void shares(ScenarioContext t) {
    Queue queue = t.queue();
    Messages.sendNumbers(t.connect(), queue, 40);
    List<Consumer> consumers = new ArrayList<>();
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      consumers.add(t.connect().createConsumer(queue, Messages.manual(2)));
      held.add(Messages.take(consumers.get(i)));
    }
    Set<String> handled = new HashSet<>();
    for (int round = 0; round < 5; round++) {
      handled.addAll(Messages.texts(held));
      held.forEach(Delivery::accept);
      held.clear();
      consumers.forEach(each -> held.add(Messages.take(each)));
    }
    Check.equal(15, handled.size(), "the number of different messages", "who gets a message");
  }

  @Scenario(
      id = "RECV-18",
      title = "A large prefetch is filled, and is a bound all the same",
      intent = "A limit of the backend's own must not stand in for the one that was asked for.")
  static void largePrefetch(ScenarioContext t) {
    Queue queue = t.queue();
    List<Delivery> held = new ArrayList<>();
    Messages.sendNumbers(t.connect(), queue, 900);
    // Two bounds: a backend that gives whole batches exceeds one unless a batch ends just there.
    for (int prefetch : List.of(500, 300)) {
      Consumer large = t.connect().createConsumer(queue, Messages.manual(prefetch));
      held.addAll(Messages.take(large, prefetch));
    }
    Connection connection = t.connect();
    Consumer last = connection.createConsumer(queue, Messages.manual(500));
    Messages.accept(last, 100);
    String check = "how the prefetch is asked for, and what bounds it besides";
    Messages.marker(connection, queue, last, "as 800 are held by two other consumers", check);
    held.forEach(Delivery::accept);
  }
}
