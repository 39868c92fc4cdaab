package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** TX: all of a unit or nothing of it, whatever happens to the broker. */
final class AtomicityScenarios {

  private static final String WHOLE = "that a commit is one step of the broker, on its disk too";

  private static final int UNIT = 5;

  /**
   * How many messages wait to be passed on: more than a unit, so that no unit waits for another.
   */
  private static final int AHEAD = 4 * UNIT;

  private static final String OPERATION_TIMEOUT = "10s";

  /**
   * How long a commit may rightly take when the link is lost, and more: it waits for a link, for
   * what the unit is made of, for the commit itself and for its undoing, each of them at most one
   * operation time-out.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Short, so that the work ends soon after it is told to. */
  private static final Duration GLANCE = Duration.ofMillis(100);

  private AtomicityScenarios() {}

  /**
   * Units that pass numbers on, one after the other, to two queues; each brings the one that they
   * come from as many new ones, so that the work does not run out before the broker is killed.
   */
  private static final class Work {
    final Queue in;
    final Queue left;
    final Queue right;
    final AtomicInteger committed = new AtomicInteger();
    volatile boolean killing;
    volatile boolean stopped;
    volatile boolean inDoubt;

    Work(ScenarioContext t) {
      in = t.queue();
      left = t.queue();
      right = t.queue();
    }

    /** Ends when it is stopped, or with the first unit that fails; none may before the kill. */
    void run(Session session) {
      Consumer consumer = session.createConsumer(in, Messages.prompt().build());
      Producer one = session.createProducer(left);
      Producer other = session.createProducer(right);
      Producer more = session.createProducer(in);
      try {
        while (true) {
          List<String> unit = next(consumer);
          if (stopped) {
            return;
          }
          unit.forEach(one::send);
          unit.forEach(text -> more.send(ahead(text)));
          unit.forEach(other::send);
          session.commit();
          committed.incrementAndGet();
        }
      } catch (RolledBackException e) {
        require(killing, e);
      } catch (SendInDoubtException e) {
        require(killing, e);
        inDoubt = true;
      }
    }

    private List<String> next(Consumer consumer) {
      List<String> unit = new ArrayList<>();
      while (unit.size() < UNIT && !stopped) {
        consumer.receive(GLANCE).map(each -> each.message().text()).ifPresent(unit::add);
      }
      return unit;
    }

    private static String ahead(String text) {
      return Integer.toString(Integer.parseInt(text) + AHEAD);
    }

    private static void require(boolean killing, MessagingException failure) {
      if (!killing) {
        throw failure;
      }
    }
  }

  @Scenario(
      id = "TX-17",
      title = "A unit is done whole or not at all when the broker is killed while it commits",
      intent = "One step means one step, at its hardest moment.",
      needs = {Capability.ATOMIC_TRANSACTIONS, Capability.PERSISTENCE},
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 240)
  static void killedWhileCommitting(ScenarioContext t) {
    Work work = new Work(t);
    Connection connection = t.connect(o -> o.option("operation-timeout", OPERATION_TIMEOUT));
    Messages.sendNumbers(connection, work.in, AHEAD);
    Session session = connection.createSession();
    Future<Boolean> working = t.inThread(() -> work.run(session));
    Check.eventually(
        PATIENCE,
        () -> work.committed.get() >= 5 || working.isDone(),
        "five commits",
        work.committed::get,
        WHOLE);
    t.onClose(t.broker()::ensureUp);
    work.killing = true;
    t.broker().kill();
    t.broker().restart();
    work.stopped = true;
    String ends = "what becomes of a commit when the link is lost";
    Check.eventually(
        PATIENCE, working::isDone, "the unit under way to end", work.committed::get, ends);
    Check.completes(working, "the work, of which nothing fails before the kill,", ends);
    connection.close();
    checkWhole(t, work);
  }

  /** What is in doubt is done or not; the three queues must say the same. */
  private static void checkWhole(ScenarioContext t, Work work) {
    List<String> left = Messages.drain(t.observer(), work.left);
    int units = work.committed.get();
    if (work.inDoubt && left.size() > units * UNIT) {
      units++;
    }
    List<String> all = Messages.numbers(units * UNIT + AHEAD);
    List<String> done = all.subList(0, units * UNIT);
    List<String> open = all.subList(units * UNIT, all.size());
    Check.equal(done, left, "what one queue got of the units", WHOLE);
    Check.equal(done, Messages.drain(t.observer(), work.right), "what the other queue got", WHOLE);
    Check.equal(open, Messages.drain(t.observer(), work.in), "what is left to do", WHOLE);
  }
}
