package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.time.Instant;

/** Asks for what is not declared, in each way that there is, and demands a refusal. */
final class Refusals {

  private static final String ADVICE =
      "that capabilities() is asked before anything is sent, or declare the capability and do it";

  private Refusals() {}

  static void verify(Capability capability, ScenarioContext t) throws Exception {
    refused(
        () -> t.connect(t.factory().require(capability)),
        "connecting with require(" + capability + "), which is not declared,");
    refused(
        () -> t.keep(t.under(t.factory().build()).require(capability).connect()),
        "connecting by a factory that was asked to require(" + capability + ")");
    Connection connection = t.connect();
    switch (capability) {
      case TRANSACTIONS -> refused(connection::createSession, "createSession()");
      case PRIORITY -> message(t, connection, Message.builder().priority(9).build());
      case DELIVERY_DELAY ->
          message(t, connection, Message.builder().deliveryDelay(Duration.ofSeconds(1)).build());
      case TIME_TO_LIVE ->
          message(t, connection, Message.builder().timeToLive(Duration.ofHours(1)).build());
      case REDELIVERY_DELAY -> releaseWithDelay(t, connection);
      case DURABLE_SUBSCRIPTIONS ->
          subscription(t, connection, SubscriptionOptions.durable("keeper"));
      case SHARED_SUBSCRIPTIONS ->
          subscription(t, connection, SubscriptionOptions.builder().shared("all").build());
      case REPLAY ->
          subscription(
              t, connection, SubscriptionOptions.builder().replayFrom(Instant.EPOCH).build());
      case TOPIC_SELECTORS -> subscription(t, connection, selecting());
      case TOPIC_PATTERNS ->
          refused(
              () -> connection.subscribe(TopicPattern.of("a.#"), SubscriptionOptions.DEFAULT),
              "subscribing to a pattern");
      case QUEUE_SELECTORS ->
          consumer(t, connection, ConsumerOptions.builder().selector("a = 1").build());
      case KEY_ORDERING ->
          consumer(t, connection, ConsumerOptions.builder().keyOrdered(true).build());
      case BROWSE -> queue(t, queue -> connection.createBrowser(queue), "createBrowser(queue)");
      case QUEUE_DEPTH -> queue(t, connection::depth, "depth(queue)");
      case PURGE -> purge(t, connection);
      case TEMPORARY_QUEUES -> refused(connection::createTemporaryQueue, "createTemporaryQueue()");
      case BOUNDED_QUEUES -> bounded(t, connection);
      case IN_FLIGHT_COUNT -> noInFlightCount(t, connection);
      case DEAD_LETTER, DELIVERY_COUNT, PERSISTENCE, ATOMIC_TRANSACTIONS, REQUEST_REPLY -> {
        // There is no call that asks for these; require() is the one way, and has been tried.
      }
    }
  }

  private static SubscriptionOptions selecting() {
    ConsumerOptions consumer = ConsumerOptions.builder().selector("a = 1").build();
    return SubscriptionOptions.builder().consumer(consumer).build();
  }

  private static void refused(Check.Action action, String what) {
    Check.refused(UnsupportedCapabilityException.class, action, what, ADVICE);
  }

  /** What an action does with a queue. */
  private interface OnQueue {
    void accept(Queue queue) throws Exception;
  }

  private static void queue(ScenarioContext t, OnQueue action, String what) {
    Queue queue = t.queue();
    refused(() -> action.accept(queue), what);
  }

  private static void message(ScenarioContext t, Connection connection, Message message) {
    Queue queue = t.queue();
    refused(() -> connection.send(queue, message), "send of " + message);
    refused(() -> Check.outcome(connection.sendAsync(queue, message)), "sendAsync of " + message);
    Messages.empty(t, queue, "after refused sends", "that a refused message is not sent");
  }

  private static void subscription(
      ScenarioContext t, Connection connection, SubscriptionOptions options) {
    io.anymq.Topic topic = t.topic();
    refused(() -> connection.subscribe(topic, options), "subscribing with such options");
  }

  private static void consumer(ScenarioContext t, Connection connection, ConsumerOptions options) {
    queue(t, queue -> connection.createConsumer(queue, options), "a consumer with such options");
  }

  private static void releaseWithDelay(ScenarioContext t, Connection connection) {
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Delivery delivery = Messages.take(consumer);
    refused(() -> delivery.release(Duration.ofSeconds(1)), "release with a delay");
    Check.that(!delivery.settled(), "a refused release to settle nothing", "settled", ADVICE);
    delivery.accept();
    consumer.close();
    Messages.empty(t, queue, "after accept", "that accept works after a refused release");
  }

  private static void purge(ScenarioContext t, Connection connection) {
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    refused(() -> connection.purge(queue), "purge(queue)");
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("a", Messages.takeText(consumer), "the message behind a refused purge", ADVICE);
  }

  private static void bounded(ScenarioContext t, Connection connection) {
    Queue queue = t.newQueue();
    QueueOptions options = QueueOptions.builder().maxLength(1).build();
    refused(() -> connection.declare(queue, options), "declare with a maximum length");
    Check.that(
        !connection.exists(queue), "a refused declare to make nothing", "the queue exists", ADVICE);
  }

  private static void noInFlightCount(ScenarioContext t, Connection connection) {
    if (t.supports(Capability.QUEUE_DEPTH)) {
      Check.that(
          connection.depth(t.queue()).inFlight().isEmpty(),
          "no in-flight count in a depth, as it is not declared",
          "one",
          "that the depth leaves it out, or declare IN_FLIGHT_COUNT");
    }
  }
}
