package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Subscription;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** LIFE: connections. */
final class LifecycleScenarios {

  private LifecycleScenarios() {}

  @Scenario(
      id = "LIFE-01",
      title = "A connection's states are told, in order",
      intent = "An application can follow what becomes of its connection.")
  static void states(ScenarioContext t) {
    List<ConnectionState> seen = Collections.synchronizedList(new ArrayList<>());
    Connection connection = t.connect((which, state, cause) -> seen.add(state));
    Check.equal(ConnectionState.OPEN, connection.state(), "the state after connect", "state()");
    connection.close();
    Check.equal(ConnectionState.CLOSED, connection.state(), "the state after close", "state()");
    List<ConnectionState> all =
        List.of(
            ConnectionState.OPENING,
            ConnectionState.OPEN,
            ConnectionState.CLOSING,
            ConnectionState.CLOSED);
    Check.eventually(
        () -> seen.equals(all), "the listener to be told " + all, () -> seen, "the listener");
  }

  @Scenario(
      id = "LIFE-02",
      title = "Closing again does nothing",
      intent = "Everybody who holds a thing may close it.")
  static void idempotent(ScenarioContext t) {
    Connection connection = t.connect();
    Producer producer = connection.createProducer(t.queue());
    Consumer consumer = connection.createConsumer(t.queue());
    Subscription subscription = connection.subscribe(t.topic());
    for (int i = 0; i < 2; i++) {
      producer.close();
      consumer.close();
      subscription.close();
    }
    connection.close();
    connection.close();
    producer.close();
    consumer.close();
  }

  @Scenario(
      id = "LIFE-13",
      title = "Connections of one factory are independent",
      intent = "Closing one disturbs nobody else.")
  static void independent(ScenarioContext t) {
    Queue queue = t.queue();
    Connection first = t.connect();
    Connection second = t.connect();
    Consumer consumer = second.createConsumer(queue);
    Messages.send(first, queue, "a");
    first.close();
    Messages.send(second, queue, "b");
    List<String> received = Messages.takeTexts(consumer, 2);
    Check.equal(List.of("a", "b"), received, "what the other one receives", "what is shared");
  }

  @Scenario(
      id = "LIFE-14",
      title = "Opening and closing many connections uses nothing up",
      intent = "A leak that is small is still a leak.")
  static void many(ScenarioContext t) {
    ThreadWatch.noneLeftBy(() -> openAndCloseMany(t));
  }

  private static void openAndCloseMany(ScenarioContext t) {
    Queue queue = t.queue();
    for (int i = 0; i < 10; i++) {
      Connection connection = t.connect();
      Messages.send(connection, queue, Integer.toString(i));
      Check.equal(
          Integer.toString(i),
          Messages.takeText(connection.createConsumer(queue)),
          "the message",
          "the connection");
      connection.close();
    }
  }

  @Scenario(
      id = "LIFE-15",
      title = "A connection tells what it talks to",
      intent = "Reports and logs name the broker's own version.")
  static void backend(ScenarioContext t) {
    var info = t.connect().backend();
    Check.equal(t.harness().name(), info.name(), "the backend's name", "BackendInfo");
    Check.that(!info.brokerVersion().isBlank(), "the broker's version", info, "BackendInfo");
    Check.that(!info.clientVersion().isBlank(), "the client's version", info, "BackendInfo");
  }

  @Scenario(
      id = "LIFE-16",
      title = "unwrap gives a native object, or says that there is none",
      intent = "The way out to the native client is a door, not a guess.")
  static void unwrap(ScenarioContext t) {
    Connection connection = t.connect();
    Check.refused(
        () -> connection.unwrap(java.util.Random.class),
        "unwrap of a type that no adapter has",
        "what unwrap does with an unknown type",
        ErrorCode.ILLEGAL_USE);
  }

  @Scenario(
      id = "LIFE-17",
      title = "A connection's listener may use the connection, and close it",
      intent = "Who is told of a state may act on it.")
  static void listenerActs(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    CompletableFuture<Boolean> used = new CompletableFuture<>();
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    t.connect(
        (which, state, cause) -> {
          if (state == ConnectionState.OPEN) {
            which.send(queue, Message.text("from the listener"));
            used.complete(which.exists(queue));
            which.close();
          } else if (state == ConnectionState.CLOSED) {
            closed.complete(true);
          }
        });
    String check = "on which thread the listener is called";
    Check.that(Check.completes(used, "the listener's use", check), "the queue", "none", check);
    Check.completes(closed, "the close from the listener", check);
    Check.equal(
        "from the listener", Messages.takeText(t.connect().createConsumer(queue)), "sent", check);
  }
}
