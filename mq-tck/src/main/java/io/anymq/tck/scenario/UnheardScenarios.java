package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** RECOV from 25 on: what the broker has done, and nobody heard of. */
final class UnheardScenarios {

  private static final String COPIES =
      "that what is sent once more, because its confirmation never came, is marked as repeated";

  private static final String WHOLE = "what a commit says whose answer was lost on its way";

  private static final String END = "end";

  private static final Duration GLANCE = Duration.ofMillis(100);

  private UnheardScenarios() {}

  @Scenario(
      id = "RECOV-25",
      title = "A send whose confirmation was lost is confirmed, and a second copy says what it is",
      intent = "Who must not do a thing twice can tell.",
      controls = {BrokerControl.CUT_NETWORK, BrokerControl.SWALLOW})
  static void copies(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Producer producer = outage.connection().createProducer(queue);
    Consumer consumer = t.connect().createConsumer(queue, Messages.MANUAL);
    producer.send("first");
    Check.equal("first", Messages.takeText(consumer), "the first message", COPIES);
    outage.swallowAnswers();
    List<String> numbers = Messages.numbers(5);
    List<CompletableFuture<Message>> sends =
        numbers.stream().map(number -> producer.sendAsync(Message.text(number))).toList();
    Check.equal(numbers, Messages.takeTexts(consumer, 5), "what the broker has", COPIES);
    Check.that(
        sends.stream().noneMatch(CompletableFuture::isDone),
        "no confirmation to come through a network that swallows answers",
        "one",
        "the kit");
    outage.cut();
    outage.restore();
    sends.forEach(send -> Check.completes(send, "each send after the outage", COPIES));
    producer.send(END);
    copies(consumer, numbers);
  }

  /** Up to the end that is sent behind them. */
  private static void copies(Consumer consumer, List<String> numbers) {
    Set<String> seen = new HashSet<>();
    Delivery next = Messages.take(consumer);
    while (!next.message().text().equals(END)) {
      String shown = Messages.shown(next);
      Check.that(next.redelivered(), "a second copy to be marked redelivered", shown, COPIES);
      String text = next.message().text();
      Check.that(numbers.contains(text) && seen.add(text), "one more copy at most", shown, COPIES);
      next.accept();
      next = Messages.take(consumer);
    }
    next.accept();
  }

  /** A unit of one delivery and one send, whose commit is not answered. */
  private static final class Unit {
    private final ScenarioContext t;
    private final Queue in;
    private final Queue out;
    private final Session session;
    private final Consumer consumer;
    private final Consumer results;

    Unit(ScenarioContext t, Outage outage) {
      this.t = t;
      in = t.queue();
      out = t.queue();
      session = outage.connection().createSession();
      consumer = session.createConsumer(in, Messages.MANUAL);
      results = t.connect().createConsumer(out, Messages.MANUAL);
      Messages.send(outage.connection(), in, "a");
      Check.equal("a", Messages.take(consumer).message().text(), "the delivery", WHOLE);
      session.createProducer(out).send("b");
    }

    boolean commit() {
      session.commit();
      return true;
    }

    void isDone() {
      Check.equal("b", Messages.takeText(results), "what was sent", WHOLE);
      session.close();
      Messages.empty(t, in, "after a unit that was done", WHOLE);
    }

    void isNotDone() {
      comesAgain(Messages.take(consumer));
      Messages.marker(t.observer(), out, results, "after a unit that was not done", WHOLE);
    }

    void comesAgain(Delivery delivery) {
      Check.equal("a", delivery.message().text(), "what comes again", WHOLE);
      Check.that(delivery.redelivered(), "redelivered() to be true", "false", WHOLE);
      session.commit();
    }

    /** Whichever shows first says what became of it all. */
    void isOneOrTheOther() {
      Check.eventually(
          () -> showsDone() || showsUndone(),
          "a unit in doubt to be done, or its delivery to come again",
          () -> "neither",
          WHOLE);
    }

    private boolean showsDone() {
      Optional<Delivery> sent = results.receive(GLANCE);
      sent.ifPresent(
          delivery -> {
            delivery.accept();
            session.close();
            Messages.empty(t, in, "after a unit in doubt whose send is there", WHOLE);
          });
      return sent.isPresent();
    }

    private boolean showsUndone() {
      Optional<Delivery> again = consumer.receive(GLANCE);
      again.ifPresent(
          delivery -> {
            comesAgain(delivery);
            Messages.marker(
                t.observer(), out, results, "after a unit in doubt that comes again", WHOLE);
          });
      return again.isPresent();
    }
  }

  @Scenario(
      id = "RECOV-26",
      title = "A commit whose answer was lost says what is known, and its unit is whole",
      intent = "Half a unit is worse than none, and than a unit twice.",
      needs = Capability.TRANSACTIONS,
      controls = {BrokerControl.CUT_NETWORK, BrokerControl.SWALLOW})
  static void commit(ScenarioContext t) {
    Outage outage = Outage.of(t);
    Unit unit = new Unit(t, outage);
    outage.swallowAnswers();
    Future<Boolean> commit = ThreadWatch.waiting(t, unit::commit, "commit");
    outage.cut();
    outage.restore();
    Optional<ErrorCode> failure = failure(commit);
    if (failure.isEmpty()) {
      unit.isDone();
    } else if (failure.get() == ErrorCode.ROLLED_BACK) {
      unit.isNotDone();
    } else {
      Check.equal(ErrorCode.SEND_IN_DOUBT, failure.get(), "the code of a commit", WHOLE);
      if (t.supports(Capability.ATOMIC_TRANSACTIONS)) {
        unit.isOneOrTheOther();
      } else {
        unit.comesAgain(Messages.take(unit.consumer));
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
      throw Check.failure("a commit to end, or to fail with a messaging exception", e, WHOLE);
    }
  }
}
