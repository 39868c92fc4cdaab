package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A connection that is watched while its network or its broker is taken away. */
final class Outage {

  private static final String CHECK =
      "that the link's loss is noticed and told to the core, and that a new link can be made";

  private final ScenarioContext t;
  private final List<ConnectionState> states = new CopyOnWriteArrayList<>();
  private final Connection connection;

  private Outage(ScenarioContext t, UnaryOperator<ConnectionFactory.Builder> options) {
    this.t = t;
    this.connection =
        t.connectProxied(
            o -> options.apply(o.option("recovery-max-pause", "500ms")),
            (which, state, cause) -> states.add(state));
  }

  static Outage of(ScenarioContext t) {
    return of(t, UnaryOperator.identity());
  }

  static Outage of(ScenarioContext t, UnaryOperator<ConnectionFactory.Builder> options) {
    return new Outage(t, options);
  }

  Connection connection() {
    return connection;
  }

  List<ConnectionState> states() {
    return states;
  }

  /** Cuts the network, and waits until the connection has noticed. */
  void cut() {
    t.onClose(t.broker()::restoreNetwork);
    t.broker().cutNetwork();
    awaitRecovering();
  }

  /** From now on nothing that goes through the proxy to the broker comes to it; nobody notices. */
  void swallowRequests() {
    t.onClose(t.broker()::restoreNetwork);
    t.broker().swallowRequests();
  }

  /** From now on nothing of what the broker sends through the proxy comes to anybody. */
  void swallowAnswers() {
    t.onClose(t.broker()::restoreNetwork);
    t.broker().swallowAnswers();
  }

  /** Restores the network, and waits until the connection is open again. */
  void restore() {
    t.broker().restoreNetwork();
    awaitOpen();
  }

  /** Two outages, one after the other. */
  void twice() {
    for (int i = 0; i < 2; i++) {
      states.clear();
      cut();
      restore();
    }
  }

  /** Kills the broker, and waits until the connection has noticed. */
  void kill() {
    t.onClose(t.broker()::ensureUp);
    t.broker().kill();
    awaitRecovering();
  }

  /** Starts the broker again, and waits until the connection is open again. */
  void restart() {
    t.broker().restart();
    awaitOpen();
  }

  private void awaitRecovering() {
    Check.eventually(
        () -> states.contains(ConnectionState.RECOVERING),
        "the state RECOVERING",
        () -> states,
        CHECK);
  }

  private void awaitOpen() {
    Check.eventually(
        () -> connection.state() == ConnectionState.OPEN,
        "the state OPEN after the outage",
        () -> states,
        CHECK);
  }
}
