package io.anymq.tck.scenario;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;

/** RECOV: recovery that ends before the outage does. */
final class RecoveryEndScenarios {

  private RecoveryEndScenarios() {}

  @Scenario(
      id = "RECOV-09",
      title = "A connection can be closed during an outage, promptly",
      intent = "Shutting down does not wait for a network that is gone.",
      controls = BrokerControl.CUT_NETWORK)
  static void close(ScenarioContext t) throws Exception {
    Outage outage = Outage.of(t);
    Consumer consumer = outage.connection().createConsumer(t.queue());
    Future<?> waiting = t.inThread(() -> consumer.receive(Duration.ofSeconds(60)));
    outage.cut();
    Check.within(
        Duration.ofSeconds(5),
        () -> {
          outage.connection().close(Duration.ofSeconds(1));
          return true;
        },
        "close(1 s) while recovering",
        "that close ends the recovery");
    Check.refused(
        ClosedException.class, () -> Check.outcome(waiting), "the waiting receive", "close");
  }

  @Scenario(
      id = "RECOV-10",
      title = "A send that outlasts its time limit in an outage says what is known",
      intent = "Waiting for recovery has an end.",
      controls = BrokerControl.CUT_NETWORK)
  static void sendTimeout(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    ProducerOptions options = ProducerOptions.builder().sendTimeout(Duration.ofSeconds(1)).build();
    Producer producer = outage.connection().createProducer(queue, options);
    Messages.warm(producer, "0");
    outage.cut();
    MessagingException failure =
        Check.within(
            Duration.ofSeconds(5),
            () ->
                Check.refused(
                    () -> producer.send("1"),
                    "a send during an outage that does not end",
                    "the send time-out",
                    ErrorCode.SEND_IN_DOUBT,
                    ErrorCode.TIMEOUT,
                    ErrorCode.CONNECTION_LOST),
            "a send with a time limit of 1 s",
            "the send time-out");
    outage.restore();
    Messages.send(outage.connection(), queue, "2");
    Consumer consumer = t.connect().createConsumer(queue);
    Set<String> texts = new TreeSet<>();
    while (!texts.contains("2")) {
      texts.add(Messages.takeText(consumer));
    }
    Check.that(
        failure.code() == ErrorCode.SEND_IN_DOUBT || !texts.contains("1"),
        "a message that was reported as not sent (" + failure.code() + ") not to arrive",
        texts,
        "that what has timed out is not sent again");
  }

  @Scenario(
      id = "RECOV-11",
      title = "Without recovery a lost connection closes",
      intent = "Who wants to handle it alone can.",
      controls = BrokerControl.CUT_NETWORK)
  static void noRecovery(ScenarioContext t) {
    List<ConnectionState> states = new java.util.concurrent.CopyOnWriteArrayList<>();
    Connection connection =
        t.connectProxied(
            o -> o.option("recovery", "false"), (c, state, cause) -> states.add(state));
    Consumer consumer = connection.createConsumer(t.queue());
    t.onClose(t.broker()::restoreNetwork);
    t.broker().cutNetwork();
    Check.eventually(
        () -> connection.state() == ConnectionState.CLOSED,
        "the state CLOSED",
        () -> states,
        "what recovery=false does");
    Check.that(
        !states.contains(ConnectionState.RECOVERING), "no RECOVERING", states, "recovery=false");
    Check.refused(
        () -> consumer.receive(Duration.ofSeconds(1)),
        "receive after the loss",
        "what a lost connection without recovery throws",
        ErrorCode.CLOSED,
        ErrorCode.CONNECTION_LOST);
  }

  @Scenario(
      id = "RECOV-12",
      title = "Recovery is given up after its time limit",
      intent = "An application is told when there is no more hope.",
      controls = BrokerControl.CUT_NETWORK)
  static void givesUp(ScenarioContext t) {
    Outage outage = Outage.of(t, o -> o.option("recovery-timeout", "1s"));
    outage.cut();
    Check.eventually(
        () -> outage.connection().state() == ConnectionState.CLOSED,
        "the state CLOSED after a recovery-timeout of 1 s",
        outage::states,
        "the recovery time-out");
  }
}
