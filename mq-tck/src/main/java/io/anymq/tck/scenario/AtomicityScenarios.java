package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;

/** TX: all of a unit or nothing of it, whatever happens to the broker. */
final class AtomicityScenarios {

  private static final String WHOLE = "that a commit is one step of the broker, on its disk too";

  private static final int UNITS = 300;
  private static final int UNIT = 5;

  private AtomicityScenarios() {}

  /** Units that pass messages on, one after the other, to two queues. */
  private static final class Work {
    final Queue in;
    final Queue left;
    final Queue right;
    final List<String> committed = new CopyOnWriteArrayList<>();
    List<String> doubtful = List.of();

    Work(ScenarioContext t) {
      in = t.queue();
      left = t.queue();
      right = t.queue();
    }

    /** Ends with the last unit, or with the first that fails. */
    void run(Session session) {
      Consumer consumer = session.createConsumer(in);
      Producer one = session.createProducer(left);
      Producer other = session.createProducer(right);
      for (int i = 0; i < UNITS; i++) {
        List<String> unit = Messages.takeTexts(consumer, UNIT);
        unit.forEach(one::send);
        unit.forEach(other::send);
        try {
          session.commit();
          committed.addAll(unit);
        } catch (MessagingException e) {
          doubtful = e.code() == ErrorCode.SEND_IN_DOUBT ? unit : List.of();
          return;
        }
      }
    }
  }

  @Scenario(
      id = "TX-17",
      title = "A unit is done whole or not at all when the broker is killed while it commits",
      intent = "One step means one step, at its hardest moment.",
      needs = {Capability.ATOMIC_TRANSACTIONS, Capability.PERSISTENCE},
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void killedWhileCommitting(ScenarioContext t) {
    Work work = new Work(t);
    Connection connection = t.connect();
    Messages.sendNumbers(connection, work.in, UNITS * UNIT);
    Session session = connection.createSession();
    Future<Boolean> working = t.inThread(() -> work.run(session));
    Check.eventually(
        () -> work.committed.size() >= 5 * UNIT, "five commits", () -> work.committed, WHOLE);
    t.onClose(t.broker()::ensureUp);
    t.broker().kill();
    t.broker().restart();
    Check.completes(working, "the work", "what becomes of a commit when the link is lost");
    connection.close();
    List<String> done = new ArrayList<>(work.committed);
    List<String> left = Messages.drain(t.observer(), work.left);
    if (!work.doubtful.isEmpty() && left.contains(work.doubtful.get(0))) {
      done.addAll(work.doubtful);
    }
    List<String> open = new ArrayList<>(Messages.numbers(UNITS * UNIT));
    open.removeAll(done);
    Check.equal(done, left, "what one queue got of the units", WHOLE);
    Check.equal(done, Messages.drain(t.observer(), work.right), "what the other queue got", WHOLE);
    Check.equal(open, Messages.drain(t.observer(), work.in), "what is left to do", WHOLE);
  }
}
