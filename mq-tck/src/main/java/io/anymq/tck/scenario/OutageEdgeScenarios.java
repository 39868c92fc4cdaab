package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;

/** RECOV: what is under way at the moment of an outage. */
final class OutageEdgeScenarios {

  private OutageEdgeScenarios() {}

  @Scenario(
      id = "RECOV-16",
      title = "What was accepted out of order before an outage does not come again",
      intent = "An acceptance means its message, and not all that came before it.",
      needs = Capability.QUEUE_DEPTH,
      controls = BrokerControl.CUT_NETWORK)
  static void outOfOrder(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Messages.sendNumbers(t.connect(), queue, 6);
    Consumer consumer = outage.connection().createConsumer(queue, Messages.manual(6));
    List<Delivery> taken = Messages.take(consumer, 6);
    for (int index : List.of(4, 1, 3)) {
      taken.get(index).accept();
    }
    awaitAccepted(t, queue, consumer);
    outage.cut();
    outage.restore();
    Set<String> again = new TreeSet<>(Messages.takeTexts(consumer, 4));
    Check.equal(
        Set.of("0", "2", "5", "next"), again, "what comes again", "what an acceptance covers");
    Messages.marker(t.observer(), queue, consumer, "after the outage", "what an acceptance covers");
  }

  /**
   * Acceptances are not confirmed. That they have arrived is seen by what they make room for, or by
   * the depth where that counts what is in flight.
   */
  private static void awaitAccepted(ScenarioContext t, Queue queue, Consumer consumer) {
    Messages.send(t.observer(), queue, "next");
    String next = Messages.take(consumer).message().text();
    Check.equal("next", next, "what there is room for", "the prefetch");
    Check.eventually(
        () -> {
          QueueDepth depth = t.observer().depth(queue);
          return depth.atRest() == (depth.total().isPresent() ? 4 : 0);
        },
        "3 of 7 messages to be accepted",
        () -> t.observer().depth(queue),
        "when acceptances are handed over");
  }

  @Scenario(
      id = "RECOV-17",
      title = "A commit during an outage tells what became of the unit, and tells the truth",
      intent = "Whoever is told that nothing was done may do it again.",
      needs = Capability.TRANSACTIONS,
      controls = BrokerControl.CUT_NETWORK)
  static void commitInOutage(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Session session = outage.connection().createSession();
    Producer producer = session.createProducer(queue);
    producer.send("0");
    producer.send("1");
    outage.cut();
    Future<Boolean> commit = ThreadWatch.waiting(t, () -> committed(session), "commit");
    outage.restore();
    Optional<ErrorCode> failure = failure(commit);
    List<String> stored = Messages.drain(t.observer(), queue);
    String check = "what a commit says that met an outage";
    if (failure.isEmpty()) {
      Check.equal(List.of("0", "1"), stored, "what was committed", check);
    } else if (failure.get() == ErrorCode.ROLLED_BACK) {
      Check.equal(List.of(), stored, "what was rolled back", check);
    } else {
      Check.equal(ErrorCode.SEND_IN_DOUBT, failure.get(), "the code of a commit", check);
    }
    producer.send("2");
    session.commit();
    Check.equal(
        List.of("2"), Messages.drain(t.observer(), queue), "what the next unit committed", check);
  }

  private static boolean committed(Session session) {
    session.commit();
    return true;
  }

  private static Optional<ErrorCode> failure(Future<Boolean> commit) {
    try {
      Check.outcome(commit);
      return Optional.empty();
    } catch (MessagingException e) {
      return Optional.of(e.code());
    } catch (Exception e) {
      throw Check.failure("a commit to fail with a messaging exception", e, "the commit");
    }
  }
}
