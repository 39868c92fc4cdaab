package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** TX from 21 on: units that lose a consumer, and units that come again. */
final class UnitEdgeScenarios {

  private static final String RESOLVED =
      "what a commit that fails does with the deliveries of all its consumers";

  private static final String ORDER = "the order in which a unit that was rolled back comes again";

  /** Few enough for any prefetch. */
  private static final int UNIT = 20;

  private UnitEdgeScenarios() {}

  /** A unit of two deliveries by two consumers, and a send. */
  private static final class Unit {
    private final ScenarioContext t;
    private final Queue first;
    private final Queue second;
    private final Queue out;
    private final Session session;
    private final Consumer lost;
    private final Consumer kept;

    Unit(ScenarioContext t) {
      this.t = t;
      first = t.queue();
      second = t.queue();
      out = t.queue();
      Connection connection = t.connect();
      Messages.send(connection, first, "a");
      Messages.send(connection, second, "b");
      session = connection.createSession();
      lost = session.createConsumer(first, Messages.MANUAL);
      kept = session.createConsumer(second, Messages.MANUAL);
      Check.equal("a", Messages.take(lost).message().text(), "the first delivery", RESOLVED);
      Check.equal("b", Messages.take(kept).message().text(), "the second delivery", RESOLVED);
      session.createProducer(out).send("c");
    }

    boolean commit() {
      session.commit();
      return true;
    }

    boolean lose() {
      lost.close();
      return true;
    }

    List<String> sent() {
      return Messages.drain(t.observer(), out);
    }

    /** Both deliveries come again; the one to the consumer that is still there, which had it. */
    void comesAgain() {
      Delivery again = Messages.take(kept);
      Check.equal("b", again.message().text(), "what the other consumer gets again", RESOLVED);
      Check.that(again.redelivered(), "redelivered() to be true", "false", RESOLVED);
      session.commit();
      kept.close();
      Messages.empty(t, second, "after it was committed", RESOLVED);
      try (Consumer next = t.observer().createConsumer(first)) {
        Check.equal("a", Messages.takeText(next), "what the closed consumer had", RESOLVED);
      }
    }

    /** Neither comes again, also where the close of the consumer met the commit. */
    void isDone() {
      kept.close();
      Messages.empty(t, first, "after a unit that was done", RESOLVED);
      Messages.empty(t, second, "after a unit that was done", RESOLVED);
    }
  }

  @Scenario(
      id = "TX-21",
      title = "A unit that loses one of its consumers leaves nothing with the others",
      intent = "What failed can be done again, all of it.",
      needs = Capability.TRANSACTIONS,
      controls = BrokerControl.PAUSE)
  static void losesConsumer(ScenarioContext t) {
    Unit before = new Unit(t);
    before.lose();
    Check.refused(
        before::commit,
        "the commit of a unit that lost a consumer",
        RESOLVED,
        ErrorCode.ROLLED_BACK);
    Check.equal(List.of(), before.sent(), "what was sent", RESOLVED);
    before.comesAgain();
    losesConsumerMeanwhile(t);
  }

  private static void losesConsumerMeanwhile(ScenarioContext t) {
    Unit unit = new Unit(t);
    t.onClose(t.broker()::resume);
    t.broker().pause();
    Future<Boolean> commit = ThreadWatch.waiting(t, unit::commit, "commit");
    Future<Boolean> close = ThreadWatch.waiting(t, unit::lose, "the consumer's close");
    t.broker().resume();
    Check.completes(close, "the consumer's close", RESOLVED);
    Optional<ErrorCode> failure = failure(commit);
    List<String> sent = unit.sent();
    if (failure.isEmpty()) {
      Check.equal(List.of("c"), sent, "what was committed", RESOLVED);
      unit.isDone();
    } else if (failure.get() == ErrorCode.ROLLED_BACK) {
      Check.equal(List.of(), sent, "what was rolled back", RESOLVED);
      unit.comesAgain();
    } else {
      Check.equal(ErrorCode.SEND_IN_DOUBT, failure.get(), "the code of a commit", RESOLVED);
      if (t.supports(Capability.ATOMIC_TRANSACTIONS) && !sent.isEmpty()) {
        unit.isDone();
      } else {
        unit.comesAgain();
      }
    }
  }

  private static Optional<ErrorCode> failure(Future<Boolean> commit) {
    try {
      Check.outcome(commit);
      return Optional.empty();
    } catch (MessagingException e) {
      return Optional.of(e.code());
    } catch (Exception e) {
      throw Check.failure("a commit to end, or to fail with a messaging exception", e, RESOLVED);
    }
  }

  @Scenario(
      id = "TX-22",
      title = "What a rollback gives back comes again in its order",
      intent = "The second try sees what the first one saw.",
      needs = Capability.TRANSACTIONS)
  static void keepsOrder(ScenarioContext t) {
    comesAgainInOrder(t, RedeliveryDelay.NONE);
    if (t.supports(Capability.REDELIVERY_DELAY)) {
      comesAgainInOrder(t, RedeliveryDelay.constant(Duration.ofMillis(200)));
    }
  }

  /** What the unit did not have may come in between. */
  private static void comesAgainInOrder(ScenarioContext t, RedeliveryDelay delay) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, UNIT + 5);
    try (Session session = connection.createSession()) {
      Consumer consumer =
          session.createConsumer(queue, ConsumerOptions.builder().redeliveryDelay(delay).build());
      List<String> unit = Messages.numbers(UNIT);
      Check.equal(unit, Messages.texts(Messages.take(consumer, UNIT)), "the unit", ORDER);
      session.rollback();
      List<String> again = new ArrayList<>(Messages.texts(Messages.take(consumer, UNIT + 5)));
      again.retainAll(unit);
      Check.equal(unit, again, "what comes again with " + delay, ORDER);
      session.commit();
    }
  }
}
