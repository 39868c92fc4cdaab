package io.anymq.tck;

import io.anymq.BackendInfo;
import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.MessagingException;
import io.anymq.tck.broker.BrokerControl;
import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.scenario.OldQueues;
import io.anymq.tck.scenario.ScenarioContext;
import io.anymq.tck.scenario.Scenarios;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of rules on one backend: a broker, and a connection that clears up behind scenarios. Used
 * by one thread. Close it: that ends the broker, unless others share it.
 */
public final class TckRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TckRun.class);

  private final BackendHarness harness;
  private final UnaryOperator<ConnectionFactory> api;
  private final String id = Long.toString(System.nanoTime(), Character.MAX_RADIX);
  private @Nullable BrokerHandle broker;
  private @Nullable Connection janitor;
  private @Nullable OldQueues oldQueues;
  private @Nullable String unavailable;
  private @Nullable String unusable;

  private TckRun(BackendHarness harness, UnaryOperator<ConnectionFactory> api) {
    this.harness = harness;
    this.api = api;
  }

  /**
   * Gets a broker and connects to it. Never throws: where there is no broker, every rule is not
   * run, and where there is no connection, every rule fails.
   *
   * @param harness the backend
   * @return the run
   */
  public static TckRun open(BackendHarness harness) {
    return open(harness, UnaryOperator.identity());
  }

  /**
   * As {@link #open(BackendHarness)}, with something between the scenarios and the API: a seam for
   * tests of the kit itself, which put a faulty API there and see which rules notice.
   *
   * @param harness the backend
   * @param api what every factory passes through before a scenario connects by it
   * @return the run
   */
  public static TckRun open(BackendHarness harness, UnaryOperator<ConnectionFactory> api) {
    TckRun run = new TckRun(harness, api);
    try {
      BrokerHandle broker = harness.startBroker();
      run.broker = broker;
      Connection janitor = run.connectJanitor(broker);
      run.janitor = janitor;
      run.oldQueues = new OldQueues(janitor, "tck." + run.id);
    } catch (BrokerException e) {
      run.unavailable = "There is no broker: " + e.getMessage();
    } catch (MessagingException e) {
      run.unusable = "The kit could not connect to the broker: " + e;
    } catch (RuntimeException e) { // a defect of one harness must not end the others' comparison
      LOG.error("The harness of {} failed", run.backend(), e);
      run.unusable = "The harness failed, which is a defect of it: " + e;
    }
    return run;
  }

  /** What reports call the backend. */
  public String backend() {
    return harness.label();
  }

  /** The broker, when there is one. */
  public Optional<BrokerHandle> broker() {
    return Optional.ofNullable(broker);
  }

  /** What the connection declares, when there is one. */
  public Optional<Capabilities> capabilities() {
    return Optional.ofNullable(janitor).map(Connection::capabilities);
  }

  /** What the connection talks to, when there is one. */
  public Optional<BackendInfo> info() {
    return Optional.ofNullable(janitor).map(Connection::backend);
  }

  /**
   * Runs one rule, once.
   *
   * @param rule the rule
   * @return its result
   */
  public RuleResult run(Rule rule) {
    if (unavailable != null) {
      return result(rule, RuleResult.Outcome.NOT_RUN, Duration.ZERO, unavailable);
    }
    BrokerHandle handle = broker;
    Connection connection = janitor;
    OldQueues queues = oldQueues;
    if (handle == null || connection == null || queues == null) {
      return result(rule, RuleResult.Outcome.FAILED, Duration.ZERO, String.valueOf(unusable));
    }
    Set<BrokerControl> lacking = missing(rule.controls(), handle.controls());
    if (!lacking.isEmpty()) {
      String message = "This broker (%s) does not let the kit do %s to it";
      return result(
          rule,
          RuleResult.Outcome.NOT_RUN,
          Duration.ZERO,
          message.formatted(handle.provisioning().label(), lacking));
    }
    return runOn(rule, handle, connection, queues);
  }

  private RuleResult runOn(
      Rule rule, BrokerHandle handle, Connection connection, OldQueues queues) {
    Set<Capability> undeclared = EnumSet.noneOf(Capability.class);
    rule.needs().stream()
        .filter(capability -> !connection.capabilities().supports(capability))
        .forEach(undeclared::add);
    ScenarioContext context =
        new ScenarioContext(
            harness, handle, connection, queues, "tck." + id + "." + rule.id(), api);
    long begun = System.nanoTime();
    Optional<String> failure =
        TimedScenario.run(
            rule,
            context,
            undeclared.isEmpty()
                ? () -> Scenarios.run(rule.scenario(), context)
                : () -> Scenarios.verifyRefusal(undeclared, context));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    if (failure.isPresent()) {
      return result(rule, RuleResult.Outcome.FAILED, took, failure.get());
    }
    return undeclared.isEmpty()
        ? result(rule, RuleResult.Outcome.PASSED, took, "")
        : result(rule, RuleResult.Outcome.REFUSED, took, "Not declared and refused: " + undeclared);
  }

  @Override
  public void close() {
    try {
      if (janitor != null && oldQueues != null) {
        oldQueues.delete();
      }
    } catch (MessagingException e) {
      // The results stand; a broker that the last rules broke must not take them away.
      LOG.warn("The kit's own queues were not deleted", e);
    } finally {
      closeAll();
    }
  }

  private void closeAll() {
    try {
      if (janitor != null) {
        janitor.close();
      }
    } finally {
      if (broker != null) {
        broker.close();
      }
    }
  }

  private Connection connectJanitor(BrokerHandle handle) {
    ConnectionFactory.Builder builder = ConnectionFactory.builder().url(harness.url(handle));
    harness.options().forEach(builder::option);
    return api.apply(builder.build()).connect();
  }

  private static Set<BrokerControl> missing(Set<BrokerControl> wanted, Set<BrokerControl> there) {
    Set<BrokerControl> missing = EnumSet.noneOf(BrokerControl.class);
    wanted.stream().filter(control -> !there.contains(control)).forEach(missing::add);
    return missing;
  }

  private static RuleResult result(
      Rule rule, RuleResult.Outcome outcome, Duration took, String message) {
    return new RuleResult(rule, outcome, took, message);
  }
}
