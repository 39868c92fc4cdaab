package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** KEY: who keeps a key, and who has it next. */
final class KeyTurnScenarios {

  private static final String CHECK =
      "what becomes of the keys of a consumer that is gone or waits, and who has them next";

  /** What a crashed consumer held comes when its broker is sure of the crash. */
  private static final Duration CRASH_LIMIT = Check.LIMIT.multipliedBy(3);

  private KeyTurnScenarios() {}

  /**
   * The next messages of a consumer, each accepted. Those that somebody held before must be marked;
   * others may be, as a client may have had them in its prefetch.
   */
  private static List<String> handle(Consumer consumer, int count, String... heldBefore) {
    List<String> handled = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Delivery delivery =
          consumer
              .receive(CRASH_LIMIT)
              .orElseThrow(() -> Check.failure(count + " messages", handled, CHECK));
      String text = delivery.message().text();
      Check.that(
          delivery.redelivered() || !List.of(heldBefore).contains(text),
          "the mark of a redelivery on " + text,
          delivery,
          CHECK);
      handled.add(text);
      delivery.accept();
    }
    return handled;
  }

  private static List<String> ofKey(String key, List<String> texts) {
    return texts.stream().filter(text -> text.startsWith(key)).toList();
  }

  /** A connection that is lost with the network, and does not come back. */
  private static Connection mortal(ScenarioContext t) {
    return t.connectProxied(o -> o.option("recovery", "false"), (connection, state, cause) -> {});
  }

  private static void lose(ScenarioContext t, Connection... connections) {
    t.onClose(t.broker()::restoreNetwork);
    t.broker().cutNetwork();
    for (Connection connection : connections) {
      Check.eventually(
          () -> connection.state() == ConnectionState.CLOSED,
          "the connection to be lost",
          connection::state,
          CHECK);
    }
  }

  @Scenario(
      id = "KEY-13",
      title = "A delayed release keeps the order of its key at a prefetch of one",
      intent = "The smallest prefetch is no way round the order.",
      needs = {Capability.KEY_ORDERING, Capability.REDELIVERY_DELAY})
  static void delayedReleaseOfOne(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Keys.send(connection, queue, "a0", "b0", "a1", "b1");
    Consumer consumer = connection.createConsumer(queue, Keys.ordered(1));
    Delivery first = Messages.take(consumer);
    Check.equal("a0", first.message().text(), "the first message", CHECK);
    first.release(Duration.ofMillis(400));
    List<String> handled = handle(consumer, 4, "a0");
    Check.equal(List.of("a0", "a1"), ofKey("a", handled), "the order of the key", CHECK);
    Check.equal(List.of("b0", "b1"), ofKey("b", handled), "the order of the other key", CHECK);
  }

  @Scenario(
      id = "KEY-14",
      title = "A crash hands each key on with what was held first, marked",
      intent = "A process that dies mixes nothing up.",
      needs = Capability.KEY_ORDERING,
      controls = BrokerControl.CUT_NETWORK,
      limitSeconds = 90)
  static void crash(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Connection holding = mortal(t);
    Consumer gone = holding.createConsumer(queue, Keys.ordered(2));
    Keys.send(connection, queue, "a0", "a1", "b0", "b1", "a2");
    List<String> held = Messages.texts(Messages.take(gone, 2)).stream().sorted().toList();
    Check.equal(List.of("a0", "b0"), held, "what the first consumer holds", CHECK);
    Connection waiting = mortal(t);
    waiting.createConsumer(queue, Keys.ordered(2));
    Consumer heir = t.connect().createConsumer(queue, Keys.ordered(10));
    lose(t, holding, waiting);
    List<String> handled = handle(heir, 5, "a0", "b0");
    Check.equal(List.of("a0", "a1", "a2"), ofKey("a", handled), "the order of one key", CHECK);
    Check.equal(List.of("b0", "b1"), ofKey("b", handled), "the order of the other", CHECK);
  }

  @Scenario(
      id = "KEY-15",
      title = "A key-ordered consumer that comes second has order too, or is refused",
      intent = "Who was there first does not decide what order means.",
      needs = Capability.KEY_ORDERING)
  static void comesSecond(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer plain = t.connect().createConsumer(queue, Messages.manual(1));
    Keys.send(connection, queue, "a0", "a1");
    Delivery held = Messages.take(plain);
    Check.equal("a0", held.message().text(), "what the first consumer holds", CHECK);
    Consumer keyed = plain;
    try {
      keyed = t.connect().createConsumer(queue, Keys.ordered(10));
      Keys.quiet(connection, queue, "of a key that is in hand", CHECK, keyed);
    } catch (MessagingException e) {
      Check.equal(
          ErrorCode.SUBSCRIPTION_IN_USE, e.code(), "the refusal of one without order", CHECK);
    }
    held.accept();
    Delivery next = Keys.gather(1, CHECK, plain, keyed).get(0);
    Check.equal("a1", next.message().text(), "the next of the key", CHECK);
  }

  @Scenario(
      id = "KEY-16",
      title = "A key-ordered consumer that closed while it waited is given nothing",
      intent = "No turn goes to the dead.",
      needs = Capability.KEY_ORDERING)
  static void waitingOnesGo(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Connection first = t.connect();
    Consumer holder = first.createConsumer(queue, Keys.ordered(1));
    Keys.send(connection, queue, "a0", "a1");
    String held = Messages.take(holder).message().text();
    Check.equal("a0", held, "what the first consumer holds", CHECK);
    Connection closing = t.connect();
    closing.createConsumer(queue, Keys.ordered(1));
    Consumer heir = t.connect().createConsumer(queue, Keys.ordered(10));
    closing.close();
    first.close();
    Check.equal(
        List.of("a0", "a1"), handle(heir, 2, "a0"), "what comes to the one that is left", CHECK);
  }
}
