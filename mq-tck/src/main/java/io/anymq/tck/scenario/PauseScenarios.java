package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** RDLV from 20 on: redelivery after a pause. */
final class PauseScenarios {

  private static final Duration PAUSE = Duration.ofMillis(600);

  /** How much later than asked for is still what was asked for: half a poll of a busy broker. */
  private static final Duration LATENESS = Duration.ofSeconds(6);

  private static final String CHECK =
      "where the pause of a released delivery is kept, and from when it is counted";

  private PauseScenarios() {}

  /** The next delivery, which must come after the pause and not much later. */
  private static Delivery afterPause(Consumer consumer, Duration pause, long releasedAt) {
    Delivery again = Messages.take(consumer);
    inTime(pause, releasedAt, System.nanoTime());
    return again;
  }

  private static void inTime(Duration pause, long releasedAt, long deliveredAt) {
    Duration waited = Duration.ofNanos(deliveredAt - releasedAt);
    Check.that(
        waited.compareTo(pause) >= 0 && waited.compareTo(pause.plus(LATENESS)) <= 0,
        "the next delivery %d to %d ms after the release"
            .formatted(pause.toMillis(), pause.plus(LATENESS).toMillis()),
        waited.toMillis() + " ms",
        CHECK);
  }

  @Scenario(
      id = "RDLV-20",
      title = "A delivery that is released with a delay comes again after it, and soon after it",
      intent = "Neither early nor forgotten.",
      needs = Capability.REDELIVERY_DELAY)
  static void notEarlyNotForgotten(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Delivery first = Messages.take(consumer);
    long releasedAt = System.nanoTime();
    first.release(PAUSE);
    Delivery again = afterPause(consumer, PAUSE, releasedAt);
    Check.that(again.redelivered(), "the mark of a redelivery", again, CHECK);
    Check.equal(2, again.deliveryCount(), "the delivery count", CHECK);
    again.accept();
    Messages.marker(connection, queue, consumer, "after it was accepted", CHECK);
  }

  @Scenario(
      id = "RDLV-21",
      title = "A delayed release holds up no other message",
      intent = "One order that waits for its customer must not stop the shop.",
      needs = Capability.REDELIVERY_DELAY)
  static void holdsUpNobody(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "waits", "1", "2", "3");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    long releasedAt = System.nanoTime();
    Messages.take(consumer).release(PAUSE.multipliedBy(3));
    for (String expected : List.of("1", "2", "3")) {
      Delivery next = Messages.take(consumer);
      Check.equal(expected, next.message().text(), "the message after a delayed release", CHECK);
      next.accept();
    }
    Delivery again = afterPause(consumer, PAUSE.multipliedBy(3), releasedAt);
    Check.equal("waits", again.message().text(), "the last message", CHECK);
  }

  @Scenario(
      id = "RDLV-22",
      title = "A listener that throws has its message again after the consumer's delay",
      intent = "A handler whose data base is down is not called in a tight circle.",
      needs = Capability.REDELIVERY_DELAY)
  static void listenerThatThrows(ScenarioContext t) throws InterruptedException {
    Connection connection = t.connect();
    Queue queue = t.queue();
    BlockingQueue<Long> calls = new LinkedBlockingQueue<>();
    ConsumerOptions options =
        ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.constant(PAUSE)).build();
    connection.createConsumer(
        queue,
        options,
        delivery -> {
          calls.add(System.nanoTime());
          if (delivery.deliveryCount() == 1) {
            throw new IllegalStateException("the first time fails");
          }
        });
    Messages.send(connection, queue, "a");
    long first = next(calls);
    inTime(PAUSE, first, next(calls));
  }

  private static long next(BlockingQueue<Long> calls) throws InterruptedException {
    Long call = calls.poll(Check.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (call == null) {
      throw Check.failure("a call of the listener", "none", CHECK);
    }
    return call;
  }

  @Scenario(
      id = "RDLV-23",
      title = "The consumer's delay grows as its options say",
      intent = "The longer it fails, the less often it is tried.",
      needs = Capability.REDELIVERY_DELAY)
  static void growing(ScenarioContext t) throws InterruptedException {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Duration first = Duration.ofMillis(200);
    Duration longest = Duration.ofMillis(700);
    ConsumerOptions options =
        Messages.manual().redeliveryDelay(RedeliveryDelay.exponential(first, 3, longest)).build();
    Consumer consumer = connection.createConsumer(queue, options);
    Delivery delivery = Messages.take(consumer);
    for (long millis : List.of(200L, 600L, 700L)) {
      long releasedAt = System.nanoTime();
      delivery.release();
      delivery = afterPause(consumer, Duration.ofMillis(millis), releasedAt);
    }
    delivery.accept();
  }

  @Scenario(
      id = "RDLV-24",
      title = "A delay of zero is none, and a negative one is refused",
      intent = "A wrong sign is a fault of the program, and settles nothing.",
      needs = Capability.REDELIVERY_DELAY)
  static void zeroAndNegative(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Delivery delivery = Messages.take(consumer);
    Check.refused(
        InvalidOptionException.class,
        () -> delivery.release(Duration.ofMillis(-1)),
        "a negative delay",
        CHECK);
    Check.that(!delivery.settled(), "a refused release to settle nothing", "settled", CHECK);
    long releasedAt = System.nanoTime();
    delivery.release(Duration.ZERO);
    afterPause(consumer, Duration.ZERO, releasedAt).accept();
  }

  @Scenario(
      id = "RDLV-25",
      title = "Delayed releases count towards the limit",
      intent = "A pause is no way round the dead-letter queue.",
      needs = {Capability.REDELIVERY_DELAY, Capability.DEAD_LETTER})
  static void counted(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "poison");
    Consumer consumer =
        connection.createConsumer(queue, Messages.manual().maxDeliveries(2).build());
    Messages.take(consumer).release(Duration.ofMillis(50));
    Messages.take(consumer).release(Duration.ofMillis(50));
    Message dead = Messages.take(connection.createConsumer(queue.deadLetterQueue())).message();
    Check.equal(
        Optional.of(DeadLetter.Reason.DELIVERY_LIMIT),
        DeadLetter.of(dead).map(DeadLetter::reason),
        "the dead letter's reason",
        CHECK);
    Messages.marker(connection, queue, consumer, "after the second release", CHECK);
  }

  @Scenario(
      id = "RDLV-26",
      title = "A message that waits for its redelivery is not lost with its consumer",
      intent = "A pause is a promise that outlives who gave it.",
      needs = Capability.REDELIVERY_DELAY)
  static void consumerCloses(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).release(PAUSE);
    consumer.close();
    Delivery again = Messages.take(connection.createConsumer(queue));
    Check.equal("a", again.message().text(), "the message that waited", CHECK);
    Check.that(again.redelivered(), "the mark of a redelivery", again, CHECK);
  }

  @Scenario(
      id = "RDLV-27",
      title = "A delayed release in a session begins with the commit",
      intent = "Until then nothing has happened.",
      needs = {Capability.REDELIVERY_DELAY, Capability.TRANSACTIONS})
  static void inASession(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Session session = connection.createSession();
    Consumer consumer = session.createConsumer(queue);
    Messages.take(consumer).release(PAUSE);
    Messages.marker(connection, queue, consumer, "before the commit", CHECK);
    long committedAt = System.nanoTime();
    session.commit();
    afterPause(consumer, PAUSE, committedAt);
    session.commit();
  }

  @Scenario(
      id = "RDLV-28",
      title = "A delayed release of a subscription comes again to it alone",
      intent = "The others have had theirs.",
      needs = Capability.REDELIVERY_DELAY)
  static void subscription(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription other = connection.subscribe(topic, SubscriptionOptions.DEFAULT);
    Subscription subscription = connection.subscribe(topic, Messages.manualSubscription());
    Messages.send(connection, topic, "a");
    Delivery first = Messages.take(subscription);
    long releasedAt = System.nanoTime();
    first.release(PAUSE);
    afterPause(subscription, PAUSE, releasedAt).accept();
    Check.equal("a", Messages.takeText(other), "the other subscription's message", CHECK);
    Messages.marker(connection, topic, other, "for a subscription that released nothing", CHECK);
  }
}
